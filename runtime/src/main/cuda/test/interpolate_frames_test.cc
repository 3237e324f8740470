#include <algorithm>
#include <cmath>

#include "test/kernel_case.h"

// InterpolateFrames on the emulated GPU: the definition, bit for bit.

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

void check(Random& random, int64_t rows, int64_t frames, int64_t hop, int64_t cut,
           int64_t channels) {
  const std::string what = std::to_string(frames) + " frames, hop " + std::to_string(hop) +
                           ", cut " + std::to_string(cut) + ", " + std::to_string(channels) +
                           " channels";
  const auto x = random.numbers(static_cast<size_t>(rows * frames * channels), 1);
  const int64_t divisor = std::max<int64_t>(1, frames * hop - 1);
  std::vector<float> expected;
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t t = cut; t < frames * hop - cut; t++) {
      const int64_t frame = t * (frames - 1) / divisor;
      const int64_t next = std::min(frames - 1, frame + 1);
      const float weight =
          static_cast<float>(t * (frames - 1) % divisor) / static_cast<float>(divisor);
      for (int64_t i = 0; i < channels; i++) {
        const auto at = [&](int64_t of) {
          return x[static_cast<size_t>((row * frames + of) * channels + i)];
        };
        expected.push_back(std::fma(weight, at(next) - at(frame), at(frame)));
      }
    }
  }
  const DeviceArray on_device(x), y(std::vector<float>(expected.size(), -1.0f));
  check_good(what,
             cuda::launch({hop, cut}, on_device.data(), y.data(), rows, frames, channels, nullptr),
             0);
  CHECK_SAME_BITS(what, expected, y.values());
}

}  // namespace

WB_TEST(frames_hops_channels_and_cuts) {
  Random random(1);
  for (const int64_t frames : {1, 2, 3, 7}) {
    for (const int64_t hop : {1, 2, 5, 200}) {
      for (const int64_t channels : {1, 80, 130}) {
        check(random, 1, frames, hop, 0, channels);
        if (frames > 2) check(random, 2, frames, hop, hop, channels);
      }
    }
  }
}

WB_TEST(more_than_one_turn_of_the_grid) {
  Random random(2);
  check(random, 1, 50, 11, 7, 1031);  // more numbers than 4096 blocks have threads
  check(random, 130, 4, 5, 2, 3);     // more rows than a grid has rows of blocks
}

WB_TEST(nothing_is_made_of_nothing) {
  CHECK(cuda::launch({1, 0}, nullptr, nullptr, 1, 0, 80, nullptr).ok());
  CHECK(cuda::launch({2, 2}, nullptr, nullptr, 1, 2, 80, nullptr).ok());
}

WB_TEST(faults_are_named) {
  const float x[1] = {1};
  CHECK_EQUAL(std::string("InterpolateFrames: hop: expected 1 to 65536, and a cut of 0 or more, "
                          "found 0 and 0"),
              cuda::launch({0, 0}, x, nullptr, 1, 1, 1, nullptr).message);
  CHECK(!cuda::launch({1, -1}, x, nullptr, 1, 1, 1, nullptr).ok());
  CHECK(!cuda::launch({1, 1}, x, nullptr, 1, 1, 1, nullptr).ok());
  CHECK(!cuda::launch({2, 0}, x, nullptr, 1, (int64_t{1} << 30) + 1, 1, nullptr).ok());
  CHECK(!cuda::launch({1, 0}, x, nullptr, 1, 1, 1, nullptr).ok());
}

int main() { return run_all(); }
