#ifndef WAVEBRIDGE_NETWORK_SIZES_H_
#define WAVEBRIDGE_NETWORK_SIZES_H_

#include "wavebridge/attributes.h"
#include "wavebridge/dual_softmax.h"
#include "wavebridge/embedding_gru.h"
#include "wavebridge/packed_weight.h"
#include "wavebridge/residual_gru.h"

// The sizes of networks that their matrices do not tell, by a node's attributes and the rows of its
// sample weights. All processors read them here.

namespace wavebridge {

inline DualSoftmaxSizes dual_softmax_sizes(const Attributes& attributes, int64_t rows) {
  const int64_t conditioning = attributes.attribute("conditioning_size");
  if (rows < 6 || rows % 6 != 0 || rows > kMostInputs) {
    attributes.refuse("sample_weights: expected 3 H rows, H even, 2 to " +
                      std::to_string(kMostInputs / 3) + ", found " + std::to_string(rows) +
                      " rows");
  }
  return {.hidden = static_cast<int32_t>(rows / 3),
          .conditioning_size = static_cast<int32_t>(conditioning)};
}

inline EmbeddingGruSizes embedding_gru_sizes(const Attributes& attributes, int64_t rows,
                                             size_t values) {
  const int64_t conditioning = attributes.attribute("conditioning_size");
  const int64_t gates = rows == 0 ? 0 : static_cast<int64_t>(values) / rows;
  if (rows < 2 || rows > kMostClasses || gates < 3 || gates % 3 != 0 || gates > kMostInputs) {
    attributes.refuse("sample_weights: expected 2 to " + std::to_string(kMostClasses) +
                      " rows of 3 H numbers, 3 to " + std::to_string(kMostInputs) + ", found [" +
                      std::to_string(rows) + ", " + std::to_string(gates) + "]");
  }
  return {.classes = static_cast<int32_t>(rows),
          .hidden = static_cast<int32_t>(gates / 3),
          .conditioning_size = static_cast<int32_t>(conditioning)};
}

inline ResidualGruSizes residual_gru_sizes(const Attributes& attributes, int64_t rows) {
  const int64_t mels = attributes.attribute("mels");
  const std::vector<int64_t> aux = attributes.attributes("aux_sizes", 4);
  if (rows < 1 || rows > kMostInputs / 3) {
    attributes.refuse("sample_weights: expected R of 1 to " + std::to_string(kMostInputs / 3) +
                      ", found " + std::to_string(rows));
  }
  ResidualGruSizes sizes{
      .hidden = static_cast<int32_t>(rows), .mels = static_cast<int32_t>(mels), .aux_sizes = {}};
  for (size_t i = 0; i < aux.size(); i++) sizes.aux_sizes[i] = static_cast<int32_t>(aux[i]);
  return sizes;
}

}  // namespace wavebridge

#endif  // WAVEBRIDGE_NETWORK_SIZES_H_
