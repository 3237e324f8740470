#ifndef WAVEBRIDGE_TENSORRT_DUAL_SOFTMAX_H_
#define WAVEBRIDGE_TENSORRT_DUAL_SOFTMAX_H_

#include "plugin/constants.h"
#include "plugin/failure.h"
#include "plugin/fields.h"

namespace wavebridge::tensorrt {

/// The dual-softmax network for plugin/sequence.h.
struct DualSoftmaxTraits {
  using Network = cuda::DualSoftmax;
  static constexpr const char* kName = "DualSoftmax";
  static constexpr bool kBySample = false;

  static void read_fields(const Fields& fields, Network& network) {
    network.conditioning_size = fields.number("conditioning_size");
  }

  static void read(DeclaredConstants& constants, Network& network) {
    std::vector<int64_t> sizes;
    network.sample_weights = constants.floats(sizes, 2);
    if (sizes[0] < 6) {
      throw Failure("constant 'sample_weights': expected 6 rows or more, found " +
                    std::to_string(sizes[0]));
    }
    network.hidden = sizes[0] / 3;
    network.each(network.hidden, network.conditioning_size, constants.matrices());
  }
};

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_DUAL_SOFTMAX_H_
