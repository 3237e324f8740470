#ifndef WAVEBRIDGE_TEST_MULTI_BAND_MODEL_H_
#define WAVEBRIDGE_TEST_MULTI_BAND_MODEL_H_

#include <cmath>
#include <deque>
#include <vector>

#include "test/weights.h"
#include "wavebridge/multi_band_gru.h"

namespace wavebridge::test {

/// A network of random weights, and everything it points to.
struct MultiBandModel {
  std::deque<TestWeight> weights;  ///< recurrent, projection, band_output
  std::deque<std::vector<float>> biases;
  std::vector<float> by_band;
  std::deque<PackedWeight> packed;
  std::deque<PackedInt8Weight> int8_packed;
  MultiBandGruNetwork network{};
  MultiBandGruInt8Network int8{};

  MultiBandModel(uint64_t seed, int hidden, int bands, int mixtures, int projected, int block,
                 Arithmetic arithmetic) {
    Random random(seed);
    const auto layer = [&](int rows, int inputs, int height, int width, double density) {
      const float size = 1.5f / std::sqrt(static_cast<float>(inputs) * static_cast<float>(density));
      weights.push_back(TestWeight::random(random, rows, inputs, height, width, density, size));
      biases.push_back(random.numbers(static_cast<size_t>(rows), 0.3f));
      return AffineLayer{packed.emplace_back(weights.back().view()).matrix(), biases.back().data()};
    };
    by_band = random.numbers(static_cast<size_t>(3 * hidden * bands), 0.5f);
    const int outputs = bands * 3 * mixtures;
    network.hidden = hidden;
    network.bands = bands;
    network.mixtures = mixtures;
    network.levels_per_unit = 256;
    network.uniform_margin = 1e-5f;
    network.sample_weights = by_band.data();
    network.recurrent = layer(3 * hidden, hidden, block, block, 0.3);
    network.projection = layer(projected, hidden, block, block, 0.4);
    network.band_output = layer(outputs, projected, outputs, projected, 1);
    if (arithmetic == Arithmetic::kF32) return;
    const auto quantised = [&](size_t index) {
      weights[index].quantise(activation_bits(arithmetic));
      return LayerOf<PackedInt8Matrix>{
          int8_packed.emplace_back(weights[index].int8_view()).matrix(), biases[index].data()};
    };
    int8.hidden = hidden;
    int8.bands = bands;
    int8.mixtures = mixtures;
    int8.levels_per_unit = 256;
    int8.uniform_margin = 1e-5f;
    int8.sample_weights = by_band.data();
    int8.recurrent = quantised(0);
    int8.projection = quantised(1);
    int8.band_output = network.band_output;
  }
};

}  // namespace wavebridge::test

#endif  // WAVEBRIDGE_TEST_MULTI_BAND_MODEL_H_
