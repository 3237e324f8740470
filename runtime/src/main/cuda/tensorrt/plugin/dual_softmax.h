#ifndef WAVEBRIDGE_TENSORRT_DUAL_SOFTMAX_H_
#define WAVEBRIDGE_TENSORRT_DUAL_SOFTMAX_H_

#include "plugin/constants.h"
#include "plugin/fields.h"
#include "wavebridge/network_sizes.h"

namespace wavebridge::tensorrt {

/// The dual-softmax network for plugin/sequence.h.
struct DualSoftmaxTraits {
  using Network = cuda::DualSoftmax;
  static constexpr const char* kName = "DualSoftmax";
  static constexpr bool kBySample = false;

  static void read(const Fields& fields, DeclaredConstants& constants, Network& network) {
    std::vector<int64_t> shape;
    network.sample_weights = constants.floats(shape, 2);
    if (shape[1] != 3) {
      fields.refuse("sample_weights: expected 3 columns, found " + std::to_string(shape[1]));
    }
    static_cast<DualSoftmaxSizes&>(network) = dual_softmax_sizes(fields, shape[0]);
    network.each(network, constants.matrices());
  }
};

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_DUAL_SOFTMAX_H_
