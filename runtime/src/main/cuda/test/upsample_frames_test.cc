#include <cmath>

#include "test/kernel_case.h"

// UpsampleFrames on the emulated GPU: the definition, bit for bit.

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

/// The taps that read the same vector, in double precision.
float tap_sum(const std::vector<float>& kernel, int64_t from, int64_t to) {
  double sum = 0;
  for (int64_t k = from; k < to; k++) sum += static_cast<double>(kernel[static_cast<size_t>(k)]);
  return static_cast<float>(sum);
}

void check(Random& random, int64_t rows, int64_t given, int64_t factor, int64_t cut,
           int64_t channels) {
  const std::string what = "factor " + std::to_string(factor) + ", cut " + std::to_string(cut) +
                           ", " + std::to_string(channels) + " channels";
  const auto kernel = random.numbers(static_cast<size_t>(2 * factor + 1), 1);
  const auto bias = random.numbers(1, 1);
  const auto x = random.numbers(static_cast<size_t>(rows * given * channels), 1);
  const int64_t count = (given - 2) * factor - 2 * cut;
  std::vector<float> expected;
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t t = cut; t < cut + count; t++) {
      const int64_t p = t % factor;
      const float c0 = tap_sum(kernel, 0, factor - p);
      const float c1 = tap_sum(kernel, factor - p, 2 * factor - p);
      const float c2 = tap_sum(kernel, 2 * factor - p, 2 * factor + 1);
      for (int64_t i = 0; i < channels; i++) {
        const auto at = [&](int64_t next) {
          return x[static_cast<size_t>(((row * given) + t / factor + next) * channels + i)];
        };
        const float first = c0 * at(0);
        expected.push_back(std::fma(c2, at(2), std::fma(c1, at(1), first)) + bias[0]);
      }
    }
  }
  std::unique_ptr<cuda::PreparedUpsampling> prepared;
  check_good(
      what, cuda::prepare({factor, cut, kernel.data(), bias.data()}, {}, "test", nullptr, prepared),
      0);
  if (prepared == nullptr) return;
  const DeviceArray on_device(x), y(std::vector<float>(expected.size(), -1.0f));
  check_good(what, prepared->launch(on_device.data(), y.data(), rows, given, channels, nullptr), 0);
  CHECK_SAME_BITS(what, expected, y.values());
}

}  // namespace

WB_TEST(factors_channels_and_cuts) {
  Random random(1);
  for (const int64_t factor : {1, 2, 5, 11}) {
    for (const int64_t channels : {1, 80, 130}) {
      check(random, 1, 3, factor, 0, channels);
      check(random, 2, 7, factor, factor == 1 ? 1 : factor + 1, channels);
    }
  }
}

WB_TEST(more_than_one_turn_of_the_grid) {
  Random random(2);
  check(random, 1, 50, 11, 7, 1031);  // more numbers than 4096 blocks have threads
  check(random, 130, 4, 5, 2, 3);     // more rows than a grid has rows of blocks
}

WB_TEST(nothing_is_made_of_two_vectors) {
  const float values[3] = {1, 1, 1};
  std::unique_ptr<cuda::PreparedUpsampling> prepared;
  check_good("prepare", cuda::prepare({1, 0, values, values}, {}, "test", nullptr, prepared), 0);
  CHECK(prepared->launch(nullptr, nullptr, 1, 2, 80, nullptr).ok());
}

WB_TEST(faults_are_named) {
  const float values[3] = {1, 1, 1};
  std::unique_ptr<cuda::PreparedUpsampling> prepared;
  CHECK_EQUAL(std::string("node 'u': kernel: expected 3 values, found none"),
              cuda::prepare({1, 0, nullptr, values}, {}, "node 'u'", nullptr, prepared).message);
  CHECK(!cuda::prepare({0, 0, values, values}, {}, "test", nullptr, prepared).ok());
  check_good("prepare", cuda::prepare({1, 1, values, values}, {}, "test", nullptr, prepared), 0);
  CHECK(!prepared->launch(values, nullptr, 1, 3, 1, nullptr).ok());
}

int main() { return run_all(); }
