#ifndef WAVEBRIDGE_ORT_DUAL_SOFTMAX_READER_H_
#define WAVEBRIDGE_ORT_DUAL_SOFTMAX_READER_H_

#include <string>
#include <vector>

#include "ort/node_reader.h"
#include "wavebridge/dual_softmax.h"

namespace wavebridge::ort {

/// Reads the dual-softmax network of a node, whose constants begin with the sample weights at input
/// `first_constant`; arrays go to `constants`.
template <typename Matrix>
DualSoftmaxNetworkOf<Matrix> read_dual_softmax(NodeReader& reader, Constants& constants,
                                               size_t first_constant) {
  const int64_t conditioning = reader.attribute("conditioning_size");
  reader.start_at(first_constant);
  const std::vector<float>& columns = reader.array("sample_weights", {"3H", 3});
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
  DualSoftmaxNetworkOf<Matrix> network{};
  network.hidden = static_cast<int32_t>(hidden);
  network.conditioning_size = static_cast<int32_t>(conditioning);
  network.coarse_weights = column(0);
  network.fine_weights = column(1);
  network.new_weights = column(2);
  network.conditioning =
      reader.layer("conditioning_weight", "conditioning_bias", {"3H", gates}, {"E", conditioning});
  network.recurrent =
      reader.layer<Matrix>("recurrent", "recurrent_bias", {"3H", gates}, {"H", hidden});
  network.coarse_hidden =
      reader.layer<Matrix>("coarse_hidden", "coarse_hidden_bias", "D", {"H/2", hidden / 2});
  network.coarse_output =
      reader.layer<Matrix>("coarse_output", "coarse_output_bias", {kDualClasses},
                           {"D", network.coarse_hidden.weight.rows});
  network.fine_hidden =
      reader.layer<Matrix>("fine_hidden", "fine_hidden_bias", "D'", {"H/2", hidden / 2});
  network.fine_output = reader.layer<Matrix>("fine_output", "fine_output_bias", {kDualClasses},
                                             {"D'", network.fine_hidden.weight.rows});
  return network;
}

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_DUAL_SOFTMAX_READER_H_
