#ifndef WAVEBRIDGE_TENSORRT_RESIDUAL_GRU_H_
#define WAVEBRIDGE_TENSORRT_RESIDUAL_GRU_H_

#include "plugin/constants.h"
#include "plugin/fields.h"
#include "wavebridge/network_sizes.h"

namespace wavebridge::tensorrt {

/// The residual two-GRU network for plugin/sequence.h.
struct ResidualGruTraits {
  using Network = cuda::ResidualGru;
  static constexpr const char* kName = "ResidualGru";
  static constexpr bool kBySample = true;

  static void read(const Fields& fields, DeclaredConstants& constants, Network& network) {
    std::vector<int64_t> shape;
    network.sample_weights = constants.floats(shape, 1);
    static_cast<ResidualGruSizes&>(network) = residual_gru_sizes(fields, shape[0]);
    network.head = head_of([&](const char* name) { return fields.attribute(name); },
                           [&](const std::string& one, const std::string& other) {
                             fields.refuse("attributes '" + one + "' and '" + other +
                                           "': expected one of them, found both");
                           });
    const std::vector<float>& values = fields.floats("class_values");
    network.head.class_values = values.empty() ? nullptr : values.data();
    network.class_value_count = static_cast<int64_t>(values.size());
    network.each(network, network.head.outputs(), constants.matrices());
  }
};

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_RESIDUAL_GRU_H_
