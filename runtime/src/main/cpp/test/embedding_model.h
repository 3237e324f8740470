#ifndef WAVEBRIDGE_TEST_EMBEDDING_MODEL_H_
#define WAVEBRIDGE_TEST_EMBEDDING_MODEL_H_

#include <cmath>
#include <deque>
#include <vector>

#include "test/weights.h"
#include "wavebridge/embedding_gru.h"

namespace wavebridge::test {

/// A network over embedded classes with random weights, and everything it points to.
struct EmbeddingModel {
  std::deque<TestWeight> weights;  ///< conditioning, recurrent, dense, output
  std::deque<std::vector<float>> biases;
  std::vector<float> table;
  std::deque<PackedWeight> packed;
  std::deque<PackedInt8Weight> int8_packed;
  EmbeddingGruNetwork network{};
  EmbeddingGruInt8Network int8{};

  EmbeddingModel(uint64_t seed, int hidden, int conditioning, int rows, int classes, int block,
                 Arithmetic arithmetic) {
    Random random(seed);
    const auto layer = [&](int outputs, int inputs, int height, int width, double density) {
      const float size = 1.5f / std::sqrt(static_cast<float>(inputs) * static_cast<float>(density));
      weights.push_back(TestWeight::random(random, outputs, inputs, height, width, density, size));
      biases.push_back(random.numbers(static_cast<size_t>(outputs), 0.3f));
      return AffineLayer{packed.emplace_back(weights.back().view()).matrix(), biases.back().data()};
    };
    table = random.numbers(static_cast<size_t>(3 * hidden * classes), 1.0f);
    const EmbeddingGruSizes sizes = {
        .classes = classes, .hidden = hidden, .conditioning_size = conditioning};
    static_cast<EmbeddingGruSizes&>(network) = sizes;
    network.table = table.data();
    network.conditioning = layer(3 * hidden, conditioning, 3 * hidden, conditioning, 1);
    network.recurrent = layer(3 * hidden, hidden, block, block, 0.3);
    network.dense = layer(rows, hidden, rows, hidden, 1);
    network.output = layer(classes, rows, classes, rows, 1);
    if (arithmetic == Arithmetic::kF32) return;
    const auto quantised = [&](size_t index) {
      weights[index].quantise(activation_bits(arithmetic));
      return LayerOf<PackedInt8Matrix>{
          int8_packed.emplace_back(weights[index].int8_view()).matrix(), biases[index].data()};
    };
    static_cast<EmbeddingGruSizes&>(int8) = sizes;
    int8.table = table.data();
    int8.conditioning = network.conditioning;
    int8.recurrent = quantised(1);
    int8.dense = quantised(2);
    int8.output = quantised(3);
  }
};

}  // namespace wavebridge::test

#endif  // WAVEBRIDGE_TEST_EMBEDDING_MODEL_H_
