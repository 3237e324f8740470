#include "test/weights.h"

#include <cmath>

namespace wavebridge::test {

TestWeight TestWeight::random(Random& random, int64_t rows, int64_t inputs, int64_t height,
                              int64_t width, double density, float size) {
  TestWeight weight;
  weight.rows = rows;
  weight.inputs = inputs;
  weight.height = height;
  weight.width = width;
  weight.dense.assign(static_cast<size_t>(rows * inputs), 0.0f);
  weight.starts.push_back(0);
  const int64_t across = width == 0 ? 0 : (inputs + width - 1) / width;
  for (int64_t row = 0; row < rows / height; row++) {
    for (int64_t column = 0; column < across; column++) {
      if (random.uniform() >= density) continue;
      weight.columns.push_back(static_cast<int32_t>(column));
      for (int64_t i = 0; i < height; i++) {
        for (int64_t k = 0; k < width; k++) {
          const int64_t at = column * width + k;
          // What sticks out of the matrix must never be read.
          const float value = at < inputs ? random.number(size) : std::nanf("");
          weight.blocks.push_back(value);
          if (at < inputs)
            weight.dense[static_cast<size_t>((row * height + i) * inputs + at)] = value;
        }
      }
    }
    weight.starts.push_back(static_cast<int32_t>(weight.columns.size()));
  }
  return weight;
}

BlockSparseWeight TestWeight::view() const {
  return {.name = "W",
          .inputs = inputs,
          .block_count = static_cast<int64_t>(columns.size()),
          .block_height = height,
          .block_width = width,
          .row_entries = static_cast<int64_t>(starts.size()),
          .blocks = blocks.data(),
          .columns = columns.data(),
          .row_starts = starts.data()};
}

DualModel::DualModel(uint64_t seed, int hidden, int conditioning, int coarse, int fine,
                     int block_height, int block_width, double density) {
  Random random(seed);
  const auto layer = [&](int rows, int inputs, int height, int width, double share) {
    const float size = 1.5f / std::sqrt(static_cast<float>(inputs) * static_cast<float>(share));
    weights.push_back(TestWeight::random(random, rows, inputs, height, width, share, size));
    biases.push_back(random.numbers(static_cast<size_t>(rows), 0.3f));
    return AffineLayer{packed.emplace_back(weights.back().view()).matrix(), biases.back().data()};
  };
  for (auto& column : columns) column = random.numbers(3 * static_cast<size_t>(hidden), 0.5f);
  network = {.hidden = hidden,
             .conditioning_size = conditioning,
             .coarse_weights = columns[0].data(),
             .fine_weights = columns[1].data(),
             .new_weights = columns[2].data(),
             .conditioning = layer(3 * hidden, conditioning, 3 * hidden, conditioning, 1),
             .recurrent = layer(3 * hidden, hidden, block_height, block_width, density),
             .coarse_hidden = layer(coarse, hidden / 2, coarse, hidden / 2, 1),
             .coarse_output = layer(kDualClasses, coarse, kDualClasses, coarse, 1),
             .fine_hidden = layer(fine, hidden / 2, fine, hidden / 2, 1),
             .fine_output = layer(kDualClasses, fine, kDualClasses, fine, 1)};
}

ResidualModel::ResidualModel(uint64_t seed, int hidden, int mels, const std::vector<int>& aux,
                             int rows1, int rows2, int classes, int mixtures) {
  Random random(seed);
  const auto matrix = [&](int rows, int inputs) {
    const float size = 1.2f / std::sqrt(static_cast<float>(inputs + 1));
    weights.push_back(TestWeight::random(random, rows, inputs, rows, inputs, 1, size));
    return packed.emplace_back(weights.back().view()).matrix();
  };
  const auto layer = [&](int rows, int inputs) {
    const PackedMatrix weight = matrix(rows, inputs);
    return AffineLayer{weight,
                       biases.emplace_back(random.numbers(static_cast<size_t>(rows), 0.3f)).data()};
  };
  sample_weights = random.numbers(static_cast<size_t>(hidden), 0.5f);
  network = {.hidden = hidden,
             .mels = mels,
             .aux_sizes = {aux[0], aux[1], aux[2], aux[3]},
             .mixtures = mixtures,
             .draws = mixtures == 0 ? 1 : mixtures + 1,
             .sample_weights = sample_weights.data(),
             .mel_weight = matrix(hidden, mels),
             .input_aux = layer(hidden, aux[0]),
             .gru1_input = layer(3 * hidden, hidden),
             .gru1_recurrent = layer(3 * hidden, hidden),
             .gru2_input = matrix(3 * hidden, hidden),
             .gru2_aux = layer(3 * hidden, aux[1]),
             .gru2_recurrent = layer(3 * hidden, hidden),
             .fc1 = matrix(rows1, hidden),
             .fc1_aux = layer(rows1, aux[2]),
             .fc2 = matrix(rows2, rows1),
             .fc2_aux = layer(rows2, aux[3]),
             .output = layer(classes, rows2)};
}

}  // namespace wavebridge::test
