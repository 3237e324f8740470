// The int8 product of every level against plain loops, bit for bit.

#include <cmath>

#include "dispatch/cpu_level.h"
#include "test/harness.h"
#include "test/reference.h"

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

/// Every level and both kinds of input, for rows that run together.
void check_bits(const std::string& what, const TestWeight& weight, const std::vector<float>& x,
                const std::vector<float>& bias, int32_t batch) {
  CHECK_EQUAL(std::string(), check(weight.int8_view()));
  const PackedInt8Weight packed(weight.int8_view());
  for (const bool bounded : {false, true}) {
    std::vector<float> expected;
    for (size_t row = 0; row < static_cast<size_t>(batch); row++) {
      const auto alone =
          reference::affine(weight, x, row * static_cast<size_t>(weight.inputs), bias, bounded);
      expected.insert(expected.end(), alone.begin(), alone.end());
    }
    for (const Kernels* level : available_levels()) {
      const auto scratch = spoiled_memory(level->affine_int8_scratch(packed.matrix(), batch));
      std::vector<float> y(expected.size());
      level->affine_int8(packed.matrix(), x.data(), bounded, bias.data(), y.data(), batch,
                         scratch.get());
      CHECK_SAME_BITS(what + (bounded ? " bounded at " : " at ") + level->level, expected, y);
    }
  }
}

/// The same with activations of 8 and of 12 bits.
void check_weight(const std::string& what, const TestWeight& weight, const std::vector<float>& x,
                  const std::vector<float>& bias, int32_t batch = 1) {
  check_bits(what, weight, x, bias, batch);
  TestWeight of_12 = weight;
  of_12.activation_bits = 12;
  check_bits("12 bits " + what, of_12, x, bias, batch);
}

TestWeight random_weight(Random& random, int64_t rows, int64_t inputs, int64_t height,
                         int64_t width, double density) {
  TestWeight weight = TestWeight::random(random, rows, inputs, height, width, density, 1.0f);
  weight.quantise();
  return weight;
}

std::string name(int64_t rows, int64_t inputs, int64_t height, int64_t width, double density) {
  return "r" + std::to_string(rows) + "_k" + std::to_string(inputs) + "_b" +
         std::to_string(height) + "x" + std::to_string(width) + "_density" +
         std::to_string(density);
}

}  // namespace

WB_TEST(block_shapes_and_ragged_sizes) {
  Random random(1);
  for (const double density : {0.0, 0.05, 0.2, 0.5, 1.0}) {
    for (const int64_t inputs : {1, 2, 3, 5, 8, 64, 100, 129, 400}) {
      for (const auto& [height, width] : std::vector<std::pair<int64_t, int64_t>>{
               {16, 1}, {8, 1}, {4, 4}, {1, 4}, {1, 8}, {1, 1}, {3, 5}, {48, 2}, {32, 7}}) {
        for (const int64_t repeat : {1, 3}) {
          const int64_t rows = height * repeat;
          const TestWeight weight = random_weight(random, rows, inputs, height, width, density);
          check_weight(name(rows, inputs, height, width, density), weight,
                       random.numbers(static_cast<size_t>(inputs), 1.2f),
                       random.numbers(static_cast<size_t>(rows), 1.0f));
        }
      }
    }
  }
}

WB_TEST(dense_is_one_block) {
  Random random(2);
  for (const int64_t rows : {1, 15, 16, 17, 48, 100}) {
    for (const int64_t inputs : {1, 3, 4, 7, 16, 35, 100, 131}) {
      check_weight(name(rows, inputs, rows, inputs, 1),
                   random_weight(random, rows, inputs, rows, inputs, 1.0),
                   random.numbers(static_cast<size_t>(inputs), 1.0f),
                   random.numbers(static_cast<size_t>(rows), 1.0f));
    }
  }
}

WB_TEST(rows_together_give_what_each_gives_alone) {
  Random random(3);
  for (const double density : {0.1, 0.6, 1.0}) {
    const TestWeight weight = random_weight(random, 48, 301, 16, 1, density);
    for (const int32_t batch : {1, 2, 3, 5, 16, 17, 64}) {
      check_weight(std::to_string(batch) + " rows of density " + std::to_string(density), weight,
                   random.numbers(static_cast<size_t>(batch) * 301, 1.0f), random.numbers(48, 1.0f),
                   batch);
    }
  }
}

WB_TEST(rows_that_share_few_columns_have_quads) {
  Random random(13);
  const auto layout = [&](int64_t rows, int64_t inputs, int64_t height, int64_t width,
                          double density) {
    const TestWeight weight = random_weight(random, rows, inputs, height, width, density);
    for (const int32_t batch : {1, 3, 16}) {
      check_weight(name(rows, inputs, height, width, density), weight,
                   random.numbers(static_cast<size_t>(batch * inputs), 1.2f),
                   random.numbers(static_cast<size_t>(rows), 1.0f), batch);
    }
    return PackedInt8Weight(weight.int8_view()).matrix().layout;
  };
  // One table of columns and several, the last one not full.
  for (const int64_t rows : {33, 48, 200}) {
    for (const int64_t inputs : {128, 256, 300, 1028}) {
      CHECK(layout(rows, inputs, 1, 4, 0.08) == PanelLayout::kRowQuads);
    }
  }
  for (const int64_t rows : {16, 48, 208}) {
    for (const int64_t inputs : {128, 300, 1028}) {
      for (const double density : {0.1, 0.4}) {
        CHECK(layout(rows, inputs, 4, 4, density) == PanelLayout::kSharedQuads);
        CHECK(layout(rows, inputs, 8, 4, density) == PanelLayout::kQuadsOfEight);
      }
    }
  }
  CHECK(layout(48, 131068, 4, 4, 0.001) == PanelLayout::kSharedQuads);
  CHECK(layout(50, 256, 2, 4, 0.08) == PanelLayout::kRowQuads);
  CHECK(layout(48, 302, 1, 4, 0.08) == PanelLayout::kColumns);
  CHECK(layout(48, 302, 4, 4, 0.08) == PanelLayout::kColumns);
  CHECK(layout(48, 256, 16, 1, 0.08) == PanelLayout::kColumns);
  CHECK(layout(48, 256, 48, 256, 1.0) == PanelLayout::kColumns);
  CHECK(layout(48, 256, 1, 4, 0.0) == PanelLayout::kColumns);
}

WB_TEST(no_blocks_and_no_inputs) {
  Random random(4);
  const auto bias = random.numbers(32, 1.0f);
  check_weight("no blocks", random_weight(random, 32, 8, 16, 1, 0.0), random.numbers(8, 1), bias);
  TestWeight second = TestWeight::random(random, 32, 8, 16, 1, 0.0, 1.0f);
  second.columns = {2};
  second.blocks = random.numbers(16, 1.0f);
  second.starts = {0, 0, 1};
  for (size_t i = 0; i < 16; i++) second.dense[(16 + i) * 8 + 2] = second.blocks[i];
  second.quantise();
  check_weight("second row only", second, random.numbers(8, 1.0f), bias);
  check_weight("K = 0", random_weight(random, 32, 0, 32, 4, 1.0), {}, bias);
}

namespace {

/// A weight of one block whose values are given.
TestWeight block_of(int64_t rows, int64_t inputs, const std::vector<int8_t>& values) {
  TestWeight weight;
  weight.rows = weight.height = rows;
  weight.inputs = weight.width = inputs;
  weight.columns = {0};
  weight.starts = {0, 1};
  weight.blocks.resize(values.size());
  weight.int8_dense = weight.int8_blocks = values;
  weight.scales.assign(static_cast<size_t>(rows), 1.0f);
  return weight;
}

/// The input that makes the sum of a row the largest that there is, or the least: an activation
/// has the sign of its weight.
std::vector<float> worst_input(const TestWeight& weight, size_t row, float sign) {
  std::vector<float> x;
  for (size_t k = 0; k < static_cast<size_t>(weight.inputs); k++) {
    const int8_t w = weight.int8_dense[row * static_cast<size_t>(weight.inputs) + k];
    x.push_back(w < 0 ? -sign : sign);
  }
  return x;
}

}  // namespace

// The reference adds 64-bit integers.
WB_TEST(the_largest_sums_do_not_overflow) {
  Random random(14);
  const auto both = [&](const std::string& what, TestWeight weight) {
    const std::vector<float> bias(static_cast<size_t>(weight.rows), 0.0f);
    for (const float sign : {1.0f, -1.0f}) {
      for (const size_t row : {size_t{0}, static_cast<size_t>(weight.rows) - 1}) {
        check_bits(what, weight, worst_input(weight, row, sign), bias, 1);
      }
    }
  };
  // The most columns of the largest weights, with which the sums come close to 2^31.
  for (const auto& [bits, most] : {std::pair{8, 131071}, std::pair{12, 8256}}) {
    for (const int64_t inputs : {int64_t{4}, int64_t{64}, int64_t{1000}, int64_t{most}}) {
      std::vector<int8_t> values(static_cast<size_t>(3 * inputs), 127);
      std::fill(values.begin() + inputs, values.begin() + 2 * inputs, int8_t{-127});
      TestWeight weight = block_of(3, inputs, values);
      weight.activation_bits = bits;
      both("K = " + std::to_string(inputs), weight);
    }
  }
  // Random signs and sizes; 20 rows, so that places without a weight are there, too.
  for (const int64_t inputs : {100, 5000, 16000}) {
    std::vector<int8_t> values(static_cast<size_t>(20 * inputs));
    for (int8_t& value : values)
      value = static_cast<int8_t>(static_cast<int>(random.bits() % 131) - 65);
    TestWeight weight = block_of(20, inputs, values);
    for (const int bits : {8, 12}) {
      weight.activation_bits = bits;
      both("random, K = " + std::to_string(inputs), weight);
    }
  }
}

WB_TEST(sums_that_could_overflow_are_refused) {
  std::vector<int8_t> values(8257, 127);
  TestWeight weight = block_of(1, 8257, values);
  CHECK_EQUAL(std::string(), check(weight.int8_view()));
  weight.activation_bits = 12;
  CHECK_EQUAL(
      std::string("W_blocks: expected rows with magnitudes that add up to less than 1048576, "
                  "so that no sum with activations of 12 bits overflows, found 1048639"),
      check(weight.int8_view()));
  weight.int8_blocks[7] = -64;
  CHECK(!check(weight.int8_view()).empty());
  weight.int8_blocks[7] = -63;
  CHECK_EQUAL(std::string(), check(weight.int8_view()));
  weight.activation_bits = 9;
  CHECK_EQUAL(std::string("W: expected activations of 8 or 12 bits, found 9"),
              check(weight.int8_view()));
}

WB_TEST(listed_columns_far_apart) {
  Random random(5);
  TestWeight weight;
  weight.rows = 16;
  weight.inputs = 100000;
  weight.height = 16;
  weight.starts = {0, 5};
  weight.columns = {3, 127, 128, 70001, 99999};
  weight.dense.assign(static_cast<size_t>(weight.rows * weight.inputs), 0.0f);
  for (const int32_t column : weight.columns) {
    for (size_t row = 0; row < 16; row++) {
      weight.dense[row * 100000 + static_cast<size_t>(column)] = random.number(1.0f);
    }
  }
  weight.quantise();
  check_weight("five of 100000", weight, random.numbers(100000, 1.0f), random.numbers(16, 1.0f));
}

WB_TEST(activations_that_are_zero_or_no_numbers) {
  Random random(6);
  const TestWeight weight = random_weight(random, 20, 33, 20, 33, 1.0);
  const auto bias = random.numbers(20, 1.0f);
  const std::vector<float> sound = random.numbers(33, 1.0f);
  check_weight("zero", weight, std::vector<float>(33, 0.0f), bias);
  check_weight("minus zero", weight, std::vector<float>(33, -0.0f), bias);
  check_weight("all NaN", weight, std::vector<float>(33, NAN), bias);
  check_weight("subnormal", weight, std::vector<float>(33, 1e-42f), bias);
  check_weight("huge", weight, std::vector<float>(33, 3e38f), bias);
  for (const float odd : {NAN, -NAN, 2.0f, -3.0f, 1e-41f, 3e38f}) {
    for (const size_t at : {size_t{0}, size_t{15}, size_t{16}, size_t{32}}) {
      std::vector<float> x = sound;
      x[at] = odd;
      check_weight("one " + show(odd), weight, x, bias);
    }
  }
}

WB_TEST(infinite_activations) {
  Random random(7);
  const TestWeight weight = random_weight(random, 20, 33, 20, 33, 1.0);
  const PackedInt8Weight packed(weight.int8_view());
  const auto bias = random.numbers(20, 1.0f);
  auto x = random.numbers(33, 1.0f);
  x[4] = INFINITY;
  x[20] = -INFINITY;
  for (const Kernels* level : available_levels()) {
    const auto scratch = spoiled_memory(level->affine_int8_scratch(packed.matrix(), 1));
    std::vector<float> y(20);
    level->affine_int8(packed.matrix(), x.data(), true, bias.data(), y.data(), 1, scratch.get());
    CHECK_SAME_BITS(level->level, reference::affine(weight, x, 0, bias, true), y);
    level->affine_int8(packed.matrix(), x.data(), false, bias.data(), y.data(), 1, scratch.get());
    for (const float value : y) CHECK(!std::isfinite(value));
  }
}

WB_TEST(ties_go_to_even_and_scales_round_once_each) {
  TestWeight weight;
  weight.rows = 1;
  weight.inputs = weight.width = 4;
  weight.columns = {0};
  weight.starts = {0, 1};
  weight.dense = {1.0f, 1.0f, 1.0f, 127.0f};
  weight.quantise();
  // A maximum of 127 makes the factor 1, so that halves stay halves.
  check_weight("halves", weight, {0.5f, 1.5f, 2.5f, 127.0f}, {0.1f});
  check_weight("less than none", weight, {-0.5f, -1.5f, -2.5f, 127.0f}, {0.1f});
  weight.scales[0] = 0x1.fffffep-20f;
  check_weight("scale", weight, {0.5f, 1.5f, -2.5f, 3.14159f}, {1e-7f});
}

WB_TEST(weights_of_zeros_are_not_stored) {
  Random random(9);
  TestWeight weight = TestWeight::random(random, 16, 1024, 16, 1, 0.05, 1.0f);
  weight.quantise();
  const PackedInt8Weight packed(weight.int8_view());
  const Int8ColumnPanel& panel = packed.matrix().columns.panels[0];
  const int64_t steps = panel.listed_steps + panel.quads;
  const int64_t used = static_cast<int64_t>(weight.columns.size());
  CHECK(steps * kStepColumns <= used + 2 * kStepsTogether * kStepColumns);
  CHECK_EQUAL(int64_t{0}, int64_t{panel.runs});
}

int main() { return run_all(); }
