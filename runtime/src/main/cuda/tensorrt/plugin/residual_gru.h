#ifndef WAVEBRIDGE_TENSORRT_RESIDUAL_GRU_H_
#define WAVEBRIDGE_TENSORRT_RESIDUAL_GRU_H_

#include "plugin/constants.h"
#include "plugin/failure.h"
#include "plugin/fields.h"

namespace wavebridge::tensorrt {

/// The residual two-GRU network for plugin/sequence.h.
struct ResidualGruTraits {
  using Network = cuda::ResidualGru;
  static constexpr const char* kName = "ResidualGru";
  static constexpr bool kBySample = true;

  static void read_fields(const Fields& fields, Network& network) {
    network.mels = fields.number("mels");
    network.head.mixtures = fields.number("mixtures");
    const std::vector<int32_t>& aux = fields.numbers("aux_sizes");
    if (aux.size() != 4) {
      throw Failure("field 'aux_sizes': expected 4 values, found " + std::to_string(aux.size()));
    }
    for (size_t i = 0; i < aux.size(); ++i) {
      network.aux_sizes[i] = aux[i];
    }
    const std::vector<int32_t>& gaussian = fields.numbers("gaussian");
    network.head.gaussian = gaussian.size() == 1 && gaussian[0] == 1;
    if (gaussian.size() > 1) {
      throw Failure("field 'gaussian': expected one value, found " +
                    std::to_string(gaussian.size()) + " values");
    }
    const std::vector<float>& values = fields.floats("class_values");
    network.head.class_values = values.empty() ? nullptr : values.data();
    network.class_value_count = static_cast<int64_t>(values.size());
  }

  static void read(DeclaredConstants& constants, Network& network) {
    std::vector<int64_t> sizes;
    network.sample_weights = constants.floats(sizes, 1);
    network.hidden = sizes[0];
    const int64_t (&aux)[4] = network.aux_sizes;
    network.each({network.hidden, network.mels, {aux[0], aux[1], aux[2], aux[3]}},
                 network.head.outputs(), constants.matrices());
  }
};

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_RESIDUAL_GRU_H_
