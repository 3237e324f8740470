// Weights of random bytes: either `check` finds a fault, or packing and every level take them, in
// bounds (the sanitized build of this test sees to that) and with the same bits.

#include "dispatch/cpu_level.h"
#include "test/harness.h"
#include "test/weights.h"

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

int64_t below(Random& random, int64_t limit) { return static_cast<int64_t>(random.bits()) % limit; }

/// A sound weight nearly always, or one with a number out of place.
TestWeight almost_sound(Random& random) {
  const int64_t height = 1 + below(random, 20), width = 1 + below(random, 9);
  TestWeight weight =
      TestWeight::random(random, height * (1 + below(random, 4)), below(random, 40), height, width,
                         static_cast<double>(random.uniform()), 1.0f);
  const auto spoil = [&](std::vector<int32_t>& numbers) {
    if (numbers.empty()) return;
    const size_t at = static_cast<size_t>(below(random, static_cast<int64_t>(numbers.size())));
    numbers[at] += static_cast<int32_t>(below(random, 7)) - 3;
    if (below(random, 10) == 0) numbers[at] = static_cast<int32_t>(random.bits() * 2 + 1);
  };
  const int64_t fault = below(random, 6);
  if (fault == 0) spoil(weight.columns);
  if (fault == 1) spoil(weight.starts);
  if (fault == 2) weight.inputs = below(random, 40);
  return weight;
}

/// Random values of int8 in the same structure.
void check_int8(Random& random, const TestWeight& weight, const std::vector<float>& x,
                const std::vector<float>& bias) {
  std::vector<int8_t> blocks(weight.blocks.size());
  for (int8_t& value : blocks) value = static_cast<int8_t>(below(random, 255) - 127);
  const std::vector<float> scales(bias.size(), 0.5f);
  BlockSparseInt8Weight quantised{weight.view(), blocks.data(), scales.data(),
                                  below(random, 2) == 0 ? 8 : 12};
  quantised.structure.blocks = nullptr;
  CHECK_EQUAL(std::string(), check(quantised));
  const PackedInt8Weight matrix(quantised);
  std::vector<float> expected;
  for (const Kernels* level : available_levels()) {
    const auto scratch = spoiled_memory(level->affine_int8_scratch(matrix.matrix(), 1));
    std::vector<float> y(bias.size());
    level->affine_int8(matrix.matrix(), x.data(), false, bias.data(), y.data(), 1, scratch.get());
    if (expected.empty()) expected = y;
    CHECK_SAME_BITS(std::string("int8 at ") + level->level, expected, y);
  }
}

}  // namespace

WB_TEST(refused_or_the_same_bits_at_every_level) {
  Random random(1);
  int refused = 0, packed = 0;
  for (int i = 0; i < 20000; i++) {
    const TestWeight weight = almost_sound(random);
    if (!check(weight.view()).empty()) {
      refused++;
      continue;
    }
    packed++;
    const PackedWeight matrix(weight.view());
    const auto x = random.numbers(static_cast<size_t>(weight.inputs), 1.0f);
    const auto bias = random.numbers(static_cast<size_t>(weight.rows), 1.0f);
    std::vector<float> expected;
    for (const Kernels* level : available_levels()) {
      std::vector<float> y(bias.size());
      level->affine(matrix.matrix(), x.data(), bias.data(), y.data(), 1);
      if (expected.empty()) expected = y;
      // A block that now lies inside may bring in the NaN that stood for what sticks out.
      for (float& value : y) value = value == value ? value : 0.0f;
      for (float& value : expected) value = value == value ? value : 0.0f;
      CHECK_SAME_BITS("weight " + std::to_string(i) + " at " + level->level, expected, y);
    }
    check_int8(random, weight, x, bias);
  }
  CHECK(refused > 1000);
  CHECK(packed > 1000);
}

int main() { return run_all(); }
