#include "test/weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>

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
          // Values that stick out of the matrix must never be read.
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

void TestWeight::quantise(int bits) {
  activation_bits = bits;
  for (size_t row = 0; row < static_cast<size_t>(rows); row++) {
    const float* values = dense.data() + row * static_cast<size_t>(inputs);
    double most = 0;
    for (int64_t k = 0; k < inputs; k++) most = std::max(most, std::fabs(double{values[k]}));
    scales.push_back(most > 0 ? static_cast<float>(most / 127) : 1.0f);
    for (int64_t k = 0; k < inputs; k++) {
      int8_dense.push_back(static_cast<int8_t>(std::rint(double{values[k]} / double{scales[row]})));
    }
  }
  int8_blocks.clear();
  for (int64_t row = 0; row < rows / height; row++) {
    for (int32_t i = starts[static_cast<size_t>(row)]; i < starts[static_cast<size_t>(row) + 1];
         i++) {
      for (int64_t at = row * height; at < (row + 1) * height; at++) {
        for (int64_t k = columns[static_cast<size_t>(i)] * width;
             k < (columns[static_cast<size_t>(i)] + 1) * width; k++) {
          // Values that stick out are ignored, so they may be ones that no quantised weight has.
          int8_blocks.push_back(k < inputs ? int8_dense[static_cast<size_t>(at * inputs + k)]
                                           : int8_t{-128});
        }
      }
    }
  }
}

BlockSparseInt8Weight TestWeight::int8_view() const {
  BlockSparseInt8Weight weight{view(), int8_blocks.data(), scales.data(), activation_bits};
  weight.structure.blocks = nullptr;
  return weight;
}

AlignedArray<unsigned char> spoiled_memory(size_t bytes) {
  AlignedArray<unsigned char> memory(static_cast<unsigned char*>(aligned_memory(bytes)));
  std::memset(memory.get(), 0xff, bytes);
  return memory;
}

DualModel::DualModel(uint64_t seed, int hidden, int conditioning, int coarse, int fine,
                     int block_height, int block_width, double density, Arithmetic arithmetic,
                     double head_density) {
  Random random(seed);
  const auto layer = [&](int rows, int inputs, int height, int width, double share) {
    const float size = 1.5f / std::sqrt(static_cast<float>(inputs) * static_cast<float>(share));
    weights.push_back(TestWeight::random(random, rows, inputs, height, width, share, size));
    biases.push_back(random.numbers(static_cast<size_t>(rows), 0.3f));
    return AffineLayer{packed.emplace_back(weights.back().view()).matrix(), biases.back().data()};
  };
  const auto head = [&](int rows, int inputs) {
    return head_density == 1 ? layer(rows, inputs, rows, inputs, 1)
                             : layer(rows, inputs, block_height, block_width, head_density);
  };
  for (auto& column : columns) column = random.numbers(3 * static_cast<size_t>(hidden), 0.5f);
  network.hidden = hidden;
  network.conditioning_size = conditioning;
  network.coarse_weights = columns[0].data();
  network.fine_weights = columns[1].data();
  network.new_weights = columns[2].data();
  network.conditioning = layer(3 * hidden, conditioning, 3 * hidden, conditioning, 1);
  network.recurrent = layer(3 * hidden, hidden, block_height, block_width, density);
  network.coarse_hidden = head(coarse, hidden / 2);
  network.coarse_output = head(kDualClasses, coarse);
  network.fine_hidden = head(fine, hidden / 2);
  network.fine_output = head(kDualClasses, fine);
  if (arithmetic == Arithmetic::kF32) return;
  const auto quantised = [&](size_t index) {
    weights[index].quantise(activation_bits(arithmetic));
    return LayerOf<PackedInt8Matrix>{int8_packed.emplace_back(weights[index].int8_view()).matrix(),
                                     biases[index].data()};
  };
  int8.hidden = hidden;
  int8.conditioning_size = conditioning;
  int8.coarse_weights = columns[0].data();
  int8.fine_weights = columns[1].data();
  int8.new_weights = columns[2].data();
  int8.conditioning = network.conditioning;
  int8.recurrent = quantised(1);
  int8.coarse_hidden = quantised(2);
  int8.coarse_output = quantised(3);
  int8.fine_hidden = quantised(4);
  int8.fine_output = quantised(5);
}

ResidualModel::ResidualModel(uint64_t seed, int hidden, int mels, const std::vector<int>& aux,
                             int rows1, int rows2, int classes, int mixtures, Arithmetic arithmetic,
                             Sparsity sparsity) {
  Random random(seed);
  bool absent = false;
  const auto matrix = [&](int rows, int inputs) {
    const float size = 1.2f / std::sqrt(static_cast<float>(inputs + 1));
    const bool sparse = sparsity.height > 0 && rows % sparsity.height == 0 && inputs > 0;
    weights.push_back(TestWeight::random(random, rows, inputs, sparse ? sparsity.height : rows,
                                         sparse ? sparsity.width : inputs,
                                         absent   ? 0
                                         : sparse ? sparsity.density
                                                  : 1,
                                         size));
    return packed.emplace_back(weights.back().view()).matrix();
  };
  const auto layer = [&](int rows, int inputs) {
    const PackedMatrix weight = matrix(rows, inputs);
    const float size = absent ? 0.0f : 0.3f;
    return AffineLayer{weight,
                       biases.emplace_back(random.numbers(static_cast<size_t>(rows), size)).data()};
  };
  const auto second = [&](const auto& part) {
    absent = !sparsity.second_gru;
    const auto made = part();
    absent = false;
    return made;
  };
  sample_weights = random.numbers(static_cast<size_t>(hidden), 0.5f);
  network.hidden = hidden;
  network.mels = mels;
  for (size_t i = 0; i < 4; i++) network.aux_sizes[i] = aux[i];
  if (mixtures > 0) network.head = {.kind = HeadKind::kMixture, .parts = mixtures};
  network.sample_weights = sample_weights.data();
  network.mel_weight = matrix(hidden, mels);
  network.input_aux = layer(hidden, aux[0]);
  network.gru1_input = layer(3 * hidden, hidden);
  network.gru1_recurrent = layer(3 * hidden, hidden);
  network.gru2_input = second([&] { return matrix(3 * hidden, hidden); });
  network.gru2_aux = second([&] { return layer(3 * hidden, aux[1]); });
  network.gru2_recurrent = second([&] { return layer(3 * hidden, hidden); });
  network.fc1 = matrix(rows1, hidden);
  network.fc1_aux = layer(rows1, aux[2]);
  network.fc2 = matrix(rows2, rows1);
  network.fc2_aux = layer(rows2, aux[3]);
  network.output = layer(classes, rows2);
  if (arithmetic == Arithmetic::kF32) return;
  const auto quantised = [&](size_t index) {
    weights[index].quantise(activation_bits(arithmetic));
    return int8_packed.emplace_back(weights[index].int8_view()).matrix();
  };
  int8.hidden = hidden;
  int8.mels = mels;
  for (size_t i = 0; i < 4; i++) int8.aux_sizes[i] = aux[i];
  int8.head = network.head;
  int8.sample_weights = sample_weights.data();
  int8.mel_weight = network.mel_weight;
  int8.input_aux = network.input_aux;
  int8.gru1_input = {quantised(2), biases[1].data()};
  int8.gru1_recurrent = {quantised(3), biases[2].data()};
  int8.gru2_input = quantised(4);
  int8.gru2_aux = network.gru2_aux;
  int8.gru2_recurrent = {quantised(6), biases[4].data()};
  int8.fc1 = quantised(7);
  int8.fc1_aux = network.fc1_aux;
  int8.fc2 = quantised(9);
  int8.fc2_aux = network.fc2_aux;
  int8.output = {quantised(11), biases[7].data()};
}

ResidualModel::ResidualModel(uint64_t seed, int hidden, int mels, const std::vector<int>& aux,
                             int rows1, int rows2, const Head& head, Arithmetic arithmetic)
    : ResidualModel(seed, hidden, mels, aux, rows1, rows2, static_cast<int>(head.outputs().size), 0,
                    arithmetic) {
  network.head = int8.head = head;
}

void ResidualModel::separate(int bands) {
  sample_weights = Random(31).numbers(static_cast<size_t>(network.hidden * bands), 0.5f);
  network.sample_weights = int8.sample_weights = sample_weights.data();
  network.bands = int8.bands = bands;
}

std::vector<Head> heads(int most_parts) {
  std::vector<Head> all;
  for (const HeadRow& row : kHeads) {
    all.push_back({.kind = row.kind, .parts = std::min(most_parts, row.most_parts)});
  }
  return all;
}

}  // namespace wavebridge::test
