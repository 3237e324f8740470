#ifndef WAVEBRIDGE_TEST_LPCNET_MODEL_H_
#define WAVEBRIDGE_TEST_LPCNET_MODEL_H_

#include <cmath>
#include <deque>
#include <vector>

#include "test/weights.h"
#include "wavebridge/lpcnet.h"

namespace wavebridge::test {

/// A network of random weights, and everything it points to.
struct LpcNetModel {
  static constexpr size_t kFedBack = kPredictionOrder + 1;

  std::deque<TestWeight> weights;  ///< recurrent, second_input, second_recurrent, dual_dense
  std::deque<std::vector<float>> biases;
  std::vector<float> tables, diagonal, factor, class_values, thresholds;
  std::deque<PackedWeight> packed;
  std::deque<PackedInt8Weight> int8_packed;
  LpcNetNetwork network{};
  LpcNetInt8Network int8{};

  /// The recurrent matrix has `density` of its blocks of `block` x 4, `dense` square blocks those
  /// of the outputs, if it is not 0.
  LpcNetModel(uint64_t seed, int hidden, int second, bool tree, Arithmetic arithmetic,
              int dense = 0, int block = 3, double density = 0.4) {
    Random random(seed);
    const auto weight = [&](int rows, int inputs, int height, int width, double share) {
      const float size = 1.5f / std::sqrt(static_cast<float>(inputs) * static_cast<float>(share));
      weights.push_back(TestWeight::random(random, rows, inputs, height, width, share, size));
      biases.push_back(random.numbers(static_cast<size_t>(rows), 0.3f));
      return packed.emplace_back(weights.back().view()).matrix();
    };
    const auto bias = [&] { return biases.back().data(); };
    tables = random.numbers(3 * kMuLawClasses * 3 * static_cast<size_t>(hidden), 1);
    diagonal = random.numbers(3 * static_cast<size_t>(hidden), 0.5f);
    factor = random.numbers(2 * kMuLawClasses, 2);
    class_values = random.numbers(kMuLawClasses, 0.1f);
    thresholds = random.numbers(kMuLawClasses, 1);
    network.recurrent = {weight(3 * hidden, hidden, block, 4, density), bias()};
    network.second_input = weight(3 * second, hidden, 3 * second, hidden, 1);
    network.second_recurrent = {weight(3 * second, second, 3 * second, second, 1), bias()};
    const int height = dense == 0 ? 2 * kMuLawClasses : dense;
    network.dual_dense = {weight(2 * kMuLawClasses, second, height, dense == 0 ? second : dense,
                                 dense == 0 ? 1 : 0.6),
                          bias()};
    sizes(network, hidden, second, tree);
    if (arithmetic == Arithmetic::kF32) return;
    const auto quantised = [&](size_t index) {
      weights[index].quantise(activation_bits(arithmetic));
      return int8_packed.emplace_back(weights[index].int8_view()).matrix();
    };
    int8.recurrent = {quantised(0), biases[0].data()};
    int8.second_input = quantised(1);
    int8.second_recurrent = {quantised(2), biases[2].data()};
    int8.dual_dense = network.dual_dense;
    sizes(int8, hidden, second, tree);
  }

  template <typename Network>
  void sizes(Network& of, int hidden, int second, bool tree) {
    of.hidden = hidden;
    of.second = second;
    of.tables = tables.data();
    of.diagonal = diagonal.data();
    of.factor = factor.data();
    of.class_values = class_values.data();
    of.thresholds = tree ? thresholds.data() : nullptr;
  }

  size_t hidden() const { return static_cast<size_t>(network.hidden); }
  size_t second() const { return static_cast<size_t>(network.second); }
  size_t frame_values() const { return 3 * (hidden() + second()) + kFedBack; }
  size_t draws() const { return network.thresholds == nullptr ? 1 : kTreeDecisions; }
};

}  // namespace wavebridge::test

#endif  // WAVEBRIDGE_TEST_LPCNET_MODEL_H_
