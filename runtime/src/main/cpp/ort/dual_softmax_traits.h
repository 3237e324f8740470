#ifndef WAVEBRIDGE_ORT_DUAL_SOFTMAX_TRAITS_H_
#define WAVEBRIDGE_ORT_DUAL_SOFTMAX_TRAITS_H_

#include <string>
#include <vector>

#include "ort/sequence_op.h"

namespace wavebridge::ort {

/// The dual-softmax network for ort/sequence_op.h.
template <typename MatrixType>
struct DualSoftmaxTraits {
  using Matrix = MatrixType;
  using Network = DualSoftmaxNetworkOf<Matrix>;
  static constexpr const char* kName = "DualSoftmax";
  static constexpr auto kKernels = &NetworkKernels<Matrix>::dual_softmax;

  static Network read(NodeReader& reader, Constants& constants, SequenceSizes& sizes) {
    const int64_t conditioning = reader.attribute("conditioning_size");
    const std::vector<float>& columns = reader.array({"3H", 3});
    const int64_t gates = static_cast<int64_t>(columns.size() / 3);
    if (gates == 0 || gates % 6 != 0 || gates > kMostInputs) {
      reader.refuse("sample_weights: expected 3 H rows, H even, 2 to " +
                    std::to_string(kMostInputs / 3) + ", found " + std::to_string(gates) + " rows");
    }
    const int64_t hidden = gates / 3;
    const auto column = [&](size_t index) {
      std::vector<float>& copy = constants.arrays.emplace_back(columns.size() / 3);
      for (size_t row = 0; row < copy.size(); row++) copy[row] = columns[3 * row + index];
      return copy.data();
    };
    Network network{};
    network.hidden = static_cast<int32_t>(hidden);
    network.conditioning_size = static_cast<int32_t>(conditioning);
    network.coarse_weights = column(0);
    network.fine_weights = column(1);
    network.new_weights = column(2);
    network.each(hidden, conditioning, reader.matrices());
    sizes.by_frame = {"E", conditioning};
    sizes.draws = int64_t{2};
    sizes.logits = {2, kDualClasses};
    sizes.previous = int64_t{2};
    sizes.state = {"H", hidden};
    return network;
  }

  static Dimension context_rows(const Network& network) {
    return {"3H", 3 * int64_t{network.hidden}};
  }
};

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_DUAL_SOFTMAX_TRAITS_H_
