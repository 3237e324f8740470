#ifndef WAVEBRIDGE_ORT_DUAL_SOFTMAX_TRAITS_H_
#define WAVEBRIDGE_ORT_DUAL_SOFTMAX_TRAITS_H_

#include <vector>

#include "ort/sequence_op.h"
#include "wavebridge/network_sizes.h"

namespace wavebridge::ort {

/// The dual-softmax network for ort/sequence_op.h.
template <typename MatrixType>
struct DualSoftmaxTraits {
  using Matrix = MatrixType;
  using Network = DualSoftmaxNetworkOf<Matrix>;
  static constexpr const char* kName = "DualSoftmax";
  static constexpr auto kKernels = &NetworkKernels<Matrix>::dual_softmax;

  static Network read(NodeReader& reader, Constants& constants, SequenceSizes& sizes) {
    const std::vector<float>& columns = reader.array({"3H", 3});
    Network network{};
    static_cast<DualSoftmaxSizes&>(network) = dual_softmax_sizes(reader, reader.last_rows());
    const auto column = [&](size_t index) {
      std::vector<float>& copy = constants.arrays.emplace_back(columns.size() / 3);
      for (size_t row = 0; row < copy.size(); row++) copy[row] = columns[3 * row + index];
      return copy.data();
    };
    network.coarse_weights = column(0);
    network.fine_weights = column(1);
    network.new_weights = column(2);
    network.each(network, reader.matrices());
    sizes.by_frame = {"E", network.conditioning_size};
    sizes.draws = int64_t{2};
    sizes.logits = {2, kDualClasses};
    sizes.previous = int64_t{2};
    sizes.state = {"H", network.hidden};
    return network;
  }

  static Dimension context_rows(const Network& network) {
    return {"3H", 3 * int64_t{network.hidden}};
  }
};

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_DUAL_SOFTMAX_TRAITS_H_
