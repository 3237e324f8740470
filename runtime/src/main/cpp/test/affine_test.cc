#include <cmath>

#include "dispatch/cpu_level.h"
#include "test/harness.h"
#include "test/reference.h"

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

struct BlockCase {
  int64_t rows, inputs, height, width;
  double density;
};

std::string name(const BlockCase& shape) {
  return "r" + std::to_string(shape.rows) + "_k" + std::to_string(shape.inputs) + "_b" +
         std::to_string(shape.height) + "x" + std::to_string(shape.width) + "_density" +
         std::to_string(shape.density);
}

/// Every level against the reference; x is not aligned.
void check_weight(const std::string& what, const TestWeight& weight, const std::vector<float>& x,
                  const std::vector<float>& bias) {
  CHECK_EQUAL(std::string(), check(weight.view()));
  const PackedWeight packed(weight.view());
  const auto expected = reference::affine(weight, x, 0, bias);
  std::vector<float> shifted(x.size() + 1);
  std::copy(x.begin(), x.end(), shifted.begin() + 1);
  for (const Kernels* level : available_levels()) {
    std::vector<float> y(expected.size());
    level->affine(packed.matrix(), shifted.data() + 1, bias.data(), y.data(), 1);
    CHECK_SAME_BITS(what + " at " + level->level, expected, y);
  }
}

void check_case(const BlockCase& shape, uint64_t seed) {
  Random random(seed);
  const auto weight = TestWeight::random(random, shape.rows, shape.inputs, shape.height,
                                         shape.width, shape.density, 1.0f);
  check_weight(name(shape), weight, random.numbers(static_cast<size_t>(shape.inputs), 1.0f),
               random.numbers(static_cast<size_t>(shape.rows), 1.0f));
}

/// The thread's register of rounding and subnormal numbers, and its bits that flush them to zero.
#if defined(__SSE__)
constexpr uint64_t kFlushing = 0x8040;
uint64_t float_modes() { return __builtin_ia32_stmxcsr(); }
void set_float_modes(uint64_t modes) { __builtin_ia32_ldmxcsr(static_cast<unsigned>(modes)); }
#elif defined(__aarch64__)
constexpr uint64_t kFlushing = uint64_t{1} << 24;
uint64_t float_modes() {
  uint64_t modes;
  asm volatile("mrs %0, fpcr" : "=r"(modes) : : "memory");
  return modes;
}
void set_float_modes(uint64_t modes) { asm volatile("msr fpcr, %0" : : "r"(modes) : "memory"); }
#endif

}  // namespace

WB_TEST(block_shapes_and_ragged_sizes) {
  uint64_t seed = 1;
  for (const double density : {0.0, 0.05, 0.5, 1.0}) {
    for (const int64_t inputs : {1, 2, 3, 5, 8, 64, 100, 129}) {
      for (const auto& [height, width] : std::vector<std::pair<int64_t, int64_t>>{
               {16, 1}, {8, 1}, {4, 4}, {1, 4}, {1, 8}, {1, 1}, {3, 5}, {48, 2}, {32, 7}}) {
        for (const int64_t repeat : {1, 3, 5}) {
          check_case({height * repeat, inputs, height, width, density}, seed++);
        }
      }
    }
  }
}

WB_TEST(dense_is_one_block) {
  uint64_t seed = 1000;
  for (const int64_t rows : {1, 15, 16, 17, 48, 100}) {
    for (const int64_t inputs : {1, 3, 4, 7, 16, 100}) {
      check_case({rows, inputs, rows, inputs, 1.0}, seed++);
    }
  }
}

WB_TEST(empty_row_of_blocks_gives_the_bias) {
  Random random(5);
  TestWeight weight = TestWeight::random(random, 32, 8, 16, 1, 0.0, 1.0f);
  const auto bias = random.numbers(32, 1.0f);
  check_weight("no blocks", weight, random.numbers(8, 1.0f), bias);
  weight.columns = {2};
  weight.blocks = random.numbers(16, 1.0f);
  weight.starts = {0, 0, 1};
  for (size_t i = 0; i < 16; i++) weight.dense[(16 + i) * 8 + 2] = weight.blocks[i];
  check_weight("second row only", weight, random.numbers(8, 1.0f), bias);
}

WB_TEST(no_inputs_at_all) {
  Random random(6);
  check_weight("K = 0, no blocks", TestWeight::random(random, 20, 0, 20, 4, 1.0, 1.0f), {},
               random.numbers(20, 1.0f));
  TestWeight dense = TestWeight::random(random, 20, 0, 20, 0, 1.0, 1.0f);
  dense.columns = {0};
  dense.starts = {0, 1};
  check_weight("K = 0, one empty block", dense, {}, random.numbers(20, 1.0f));
}

WB_TEST(order_of_addition_is_seen) {
  // 2^24 + 1 - 2^24: every other order or a wider sum gives another result.
  TestWeight weight;
  weight.rows = 1;
  weight.inputs = 12;
  weight.height = 1;
  weight.width = 12;
  weight.columns = {0};
  weight.starts = {0, 1};
  weight.blocks = {0x1p24f, 1, 0.5f, 0, 1, 0, 0, 3, -0x1p24f, 0, 0x1p-30f, 0};
  weight.dense = weight.blocks;
  check_weight("cancelling", weight, std::vector<float>(12, 1.0f), {0.25f});
}

WB_TEST(subnormal_numbers_are_kept) {
  TestWeight weight;
  weight.rows = 1;
  weight.inputs = 1;
  weight.width = 1;
  weight.columns = {0};
  weight.starts = {0, 1};
  weight.blocks = {1e-30f};
  weight.dense = weight.blocks;
  check_weight("subnormal", weight, {1e-10f}, {0.0f});
}

#if defined(__SSE__) || defined(__aarch64__)
WB_TEST(host_that_flushes_subnormal_numbers_is_overruled) {
  TestWeight weight;
  weight.rows = 1;
  weight.inputs = 1;
  weight.columns = {0};
  weight.starts = {0, 1};
  weight.blocks = {1e-30f};
  const PackedWeight packed(weight.view());
  const float x = 1e-10f, bias = 0.0f;
  const uint64_t before = float_modes();
  for (const Kernels* level : available_levels()) {
    float y = 0;
    set_float_modes(before | kFlushing);
    level->affine(packed.matrix(), &x, &bias, &y, 1);
    const uint64_t after = float_modes();
    set_float_modes(before);
    CHECK_SAME_BITS(level->level, {1e-40f}, {y});
    CHECK_EQUAL(static_cast<int64_t>(before | kFlushing), static_cast<int64_t>(after));
  }
}
#endif

WB_TEST(columns_of_zeros_are_not_stored) {
  Random random(9);
  TestWeight weight = TestWeight::random(random, 16, 64, 16, 64, 1.0, 1.0f);
  for (size_t row = 0; row < 16; row++) {
    for (size_t column = 0; column < 64; column++) {
      if (column % 16 != 5) weight.dense[row * 64 + column] = 0;
    }
  }
  weight.blocks = weight.dense;
  check_weight("masked dense", weight, random.numbers(64, 1.0f), random.numbers(16, 1.0f));
  const PackedWeight packed(weight.view());
  CHECK_EQUAL(int64_t{4}, int64_t{packed.matrix().columns.panels[0].runs +
                                  packed.matrix().columns.panels[0].groups});
}

WB_TEST(rows_together_give_what_each_gives_alone) {
  Random random(10);
  for (const BlockCase& shape :
       std::vector<BlockCase>{{48, 37, 16, 1, 0.2}, {48, 37, 16, 1, 1.0}, {50, 72, 1, 4, 0.1}}) {
    const size_t rows = static_cast<size_t>(shape.rows), inputs = static_cast<size_t>(shape.inputs);
    const auto weight = TestWeight::random(random, shape.rows, shape.inputs, shape.height,
                                           shape.width, shape.density, 1.0f);
    const auto bias = random.numbers(rows, 1.0f);
    const PackedWeight packed(weight.view());
    for (const int32_t batch : {1, 2, 3, 5, 16, 17, 64}) {
      const size_t count = static_cast<size_t>(batch);
      const auto x = random.numbers(count * inputs, 1.0f);
      std::vector<float> expected;
      for (size_t row = 0; row < count; row++) {
        const auto alone = reference::affine(weight, x, row * inputs, bias);
        expected.insert(expected.end(), alone.begin(), alone.end());
      }
      for (const Kernels* level : available_levels()) {
        std::vector<float> y(expected.size());
        level->affine(packed.matrix(), x.data(), bias.data(), y.data(), batch);
        CHECK_SAME_BITS(name(shape) + ", " + std::to_string(batch) + " rows at " + level->level,
                        expected, y);
      }
    }
  }
}

WB_TEST(rows_that_share_few_columns_have_quads) {
  Random random(11);
  const auto layout = [&](const BlockCase& shape) {
    check_case(shape, random.bits());
    const auto weight = TestWeight::random(random, shape.rows, shape.inputs, shape.height,
                                           shape.width, shape.density, 1.0f);
    return PackedWeight(weight.view()).matrix().layout;
  };
  for (const int64_t inputs : {256, 300, 1028}) {
    for (const int64_t rows : {33, 48, 200}) {
      CHECK(layout({rows, inputs, 1, 4, 0.1}) == PanelLayout::kRowQuads);
    }
    for (const int64_t rows : {16, 48, 208}) {
      CHECK(layout({rows, inputs, 4, 4, 0.2}) == PanelLayout::kSharedQuads);
    }
  }
  CHECK(layout({50, 256, 2, 4, 0.1}) == PanelLayout::kRowQuads);
  CHECK(layout({48, 302, 1, 4, 0.1}) == PanelLayout::kColumns);  // the last quad would stick out
  CHECK(layout({48, 302, 4, 4, 0.1}) == PanelLayout::kColumns);
  CHECK(layout({48, 256, 16, 1, 0.1}) == PanelLayout::kColumns);
  CHECK(layout({48, 256, 48, 256, 1.0}) == PanelLayout::kColumns);
  CHECK(layout({48, 256, 1, 4, 0.0}) == PanelLayout::kColumns);
}

/// `a * b + c`, and what it is when rounded once.
struct Fused {
  float a, b, c, expected;
};

WB_TEST(multiply_add_rounds_once) {
  // Sums that lie half-way between two results, or so close that binary64 makes them lie there.
  const Fused cases[] = {
      {0x1.001p+0f, 0x1.001p+0f, 0.0f, 0x1.002p+0f},
      {0x1.001p+0f, 0x1.001p+0f, 0x1p-149f, 0x1.002002p+0f},
      {0x1.001p+0f, 0x1.001p+0f, -0x1p-149f, 0x1.002p+0f},
      {-0x1.001p+0f, 0x1.001p+0f, -0x1p-149f, -0x1.002002p+0f},
      {-0x1.001p+0f, 0x1.001p+0f, 0x1p-149f, -0x1.002p+0f},
      {0x1p-12f, 0x1p-12f, 0x1.000002p+0f, 0x1.000004p+0f},
      {0x1.000002p-12f, 0x1.fffffcp-13f, 0x1.000002p+0f, 0x1.000002p+0f},
      {0x1.001p-12f, 0x1.ffe002p-13f, 1.0f, 0x1.000002p+0f},
      {0x1.001p-75f, 0x1.ffe002p-76f, 0.0f, 0x1p-149f},
      {0x1p-75f, 0x1p-75f, 0.0f, 0.0f},
      {0x1.fffffep+127f, 1.0f, 0x1p+103f, INFINITY},
      {0x1.001p-75f, 0x1.ffe002p-76f, 0x1p-127f, 0x1.000004p-127f},
  };
  for (const Fused& of : cases) {
    // Columns 0 and 4 belong to the same partial sum.
    const float values[] = {of.c, 0, 0, 0, of.a};
    const float x[] = {1, 0, 0, 0, of.b};
    const int32_t column = 0, starts[] = {0, 1};
    const PackedWeight packed({.name = "weight",
                               .inputs = 5,
                               .block_count = 1,
                               .block_height = 1,
                               .block_width = 5,
                               .row_entries = 2,
                               .blocks = values,
                               .columns = &column,
                               .row_starts = starts});
    const float bias = 0;
    for (const Kernels* level : available_levels()) {
      float y = 0;
      level->affine(packed.matrix(), x, &bias, &y, 1);
      CHECK_SAME_BITS(level->level, {of.expected}, {y});
    }
  }
}

int main() { return run_all(); }
