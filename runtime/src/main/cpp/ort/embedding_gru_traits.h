#ifndef WAVEBRIDGE_ORT_EMBEDDING_GRU_TRAITS_H_
#define WAVEBRIDGE_ORT_EMBEDDING_GRU_TRAITS_H_

#include <vector>

#include "ort/sequence_op.h"
#include "wavebridge/network_sizes.h"

namespace wavebridge::ort {

/// The GRU network over embedded classes for ort/sequence_op.h.
template <typename MatrixType>
struct EmbeddingGruTraits {
  using Matrix = MatrixType;
  using Network = EmbeddingGruNetworkOf<Matrix>;
  static constexpr const char* kName = "EmbeddingGru";
  static constexpr auto kKernels = &NetworkKernels<Matrix>::embedding_gru;

  static Network read(NodeReader& reader, Constants&, SequenceSizes& sizes) {
    Network network{};
    const std::vector<float>& table = reader.array(Shape{Dimension("C"), Dimension("3H")});
    network.table = table.data();
    static_cast<EmbeddingGruSizes&>(network) =
        embedding_gru_sizes(reader, reader.last_rows(), table.size());
    network.each(network, reader.matrices());
    sizes.by_frame = {"E", network.conditioning_size};
    sizes.logits = {network.classes};
    sizes.state = {"H", network.hidden};
    return network;
  }
};

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_EMBEDDING_GRU_TRAITS_H_
