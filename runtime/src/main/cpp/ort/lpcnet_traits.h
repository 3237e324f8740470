#ifndef WAVEBRIDGE_ORT_LPCNET_TRAITS_H_
#define WAVEBRIDGE_ORT_LPCNET_TRAITS_H_

#include <string>
#include <vector>

#include "ort/sequence_op.h"

namespace wavebridge::ort {

/// LPCNet for ort/sequence_op.h.
template <typename MatrixType>
struct LpcNetTraits {
  using Matrix = MatrixType;
  using Network = LpcNetNetworkOf<Matrix>;
  static constexpr const char* kName = "LpcNet";
  static constexpr auto kKernels = &NetworkKernels<Matrix>::lpcnet;

  static Network read(NodeReader& reader, Constants& constants, SequenceSizes& sizes) {
    constexpr int64_t kTables = 3 * kMuLawClasses;
    Network network{};
    const std::vector<float>& columns = reader.array(Shape{Dimension("3H"), Dimension(kTables)});
    const int64_t gates = reader.last_rows();
    if (gates < 3 || gates % 3 != 0 || gates > kMostInputs) {
      reader.refuse("sample_weights: expected 3 H rows, 3 to " + std::to_string(kMostInputs) +
                    ", found " + std::to_string(gates));
    }
    std::vector<float>& tables = constants.arrays.emplace_back(columns.size());
    for (int64_t row = 0; row < gates; row++) {
      for (int64_t column = 0; column < kTables; column++) {
        tables[static_cast<size_t>(column * gates + row)] =
            columns[static_cast<size_t>(row * kTables + column)];
      }
    }
    network.hidden = static_cast<int32_t>(gates / 3);
    network.tables = tables.data();
    network.each(gates / 3, reader.matrices());
    network.second = network.second_input.rows / 3;
    if (network.second < 1 || network.second_input.rows % 3 != 0) {
      reader.refuse("second_input: expected 3 M rows, found " +
                    std::to_string(network.second_input.rows));
    }
    network.diagonal = numbers(reader, "diagonal", gates);
    network.factor = numbers(reader, "factor", 2 * kMuLawClasses);
    if (reader.declares("class_values")) {
      network.class_values = numbers(reader, "class_values", kMuLawClasses);
      if (!reader.numbers("thresholds").empty()) {
        network.thresholds = numbers(reader, "thresholds", kMuLawClasses);
      }
    }
    sizes.by_frame = {"3H + 3M + 17", gates + 3 * network.second + kPredictionOrder + 1};
    sizes.draws = {"D", network.thresholds == nullptr ? 1 : kTreeDecisions};
    sizes.logits = {kMuLawClasses};
    sizes.previous = int64_t{kPredictionOrder + 1};
    sizes.state = {"H + M", network.hidden + network.second};
    return network;
  }

 private:
  static const float* numbers(NodeReader& reader, const char* name, int64_t count) {
    const std::vector<float>& found = reader.numbers(name);
    if (static_cast<int64_t>(found.size()) != count) {
      reader.refuse("attribute '" + std::string(name) + "': expected " + std::to_string(count) +
                    " numbers, found " + std::to_string(found.size()));
    }
    return found.data();
  }
};

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_LPCNET_TRAITS_H_
