#include <cmath>

#include "dispatch/cpu_level.h"
#include "test/harness.h"
#include "test/weights.h"

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

/// The vectors of a result in two parts, as two threads would make them.
template <typename Make>
std::vector<float> in_two_parts(int64_t count, int64_t channels, const Make& make) {
  std::vector<float> y(static_cast<size_t>(count * channels));
  const int64_t first = count / 3;
  make(int64_t{0}, first, y.data());
  make(first, count - first, y.data() + first * channels);
  return y;
}

void check_upsampling(Random& random, int64_t given, int64_t factor, int64_t cut,
                      int64_t channels) {
  const auto phases = random.numbers(static_cast<size_t>(3 * factor), 1.0f);
  const auto x = random.numbers(static_cast<size_t>(given * channels), 1.0f);
  const FrameUpsampling upsampling{factor, cut, phases.data(), 0.125f};
  const int64_t count = (given - 2) * factor - 2 * cut;
  std::vector<float> expected;
  for (int64_t t = cut; t < cut + count; t++) {
    const float* c = &phases[static_cast<size_t>(t % factor * 3)];
    for (int64_t i = 0; i < channels; i++) {
      const auto at = [&](int64_t vector) {
        return x[static_cast<size_t>((t / factor + vector) * channels + i)];
      };
      const float first = c[0] * at(0);
      expected.push_back(std::fma(c[2], at(2), std::fma(c[1], at(1), first)) + 0.125f);
    }
  }
  for (const Kernels* level : available_levels()) {
    const auto y = in_two_parts(count, channels, [&](int64_t first, int64_t some, float* to) {
      level->upsample_frames(upsampling, x.data(), channels, first, some, to);
    });
    CHECK_SAME_BITS("factor " + std::to_string(factor) + " of " + std::to_string(channels) +
                        " channels at " + level->level,
                    expected, y);
  }
}

void check_interpolation(Random& random, int64_t frames, int64_t hop, int64_t cut,
                         int64_t channels) {
  const auto x = random.numbers(static_cast<size_t>(frames * channels), 1.0f);
  const FrameInterpolation interpolation{hop, cut};
  const int64_t count = frames * hop - 2 * cut;
  const int64_t divisor = std::max<int64_t>(1, frames * hop - 1);
  std::vector<float> expected;
  for (int64_t t = cut; t < cut + count; t++) {
    const int64_t frame = t * (frames - 1) / divisor;
    const int64_t next = std::min(frames - 1, frame + 1);
    const float weight =
        static_cast<float>(t * (frames - 1) % divisor) / static_cast<float>(divisor);
    for (int64_t i = 0; i < channels; i++) {
      const float own = x[static_cast<size_t>(frame * channels + i)];
      expected.push_back(std::fma(weight, x[static_cast<size_t>(next * channels + i)] - own, own));
    }
  }
  for (const Kernels* level : available_levels()) {
    const auto y = in_two_parts(count, channels, [&](int64_t first, int64_t some, float* to) {
      level->interpolate_frames(interpolation, x.data(), frames, channels, first, some, to);
    });
    CHECK_SAME_BITS("hop " + std::to_string(hop) + " of " + std::to_string(frames) + " frames at " +
                        level->level,
                    expected, y);
  }
}

}  // namespace

WB_TEST(upsampled_vectors_have_the_bits_of_the_definition) {
  Random random(1);
  for (const int64_t factor : {1, 2, 5, 11, 200}) {
    for (const int64_t channels : {1, 15, 16, 17, 80, 513}) {
      check_upsampling(random, 3, factor, 0, channels);
      check_upsampling(random, 7, factor, factor == 1 ? 1 : factor + 1, channels);
    }
  }
}

WB_TEST(interpolated_vectors_have_the_bits_of_the_definition) {
  Random random(2);
  for (const int64_t frames : {1, 2, 3, 40}) {
    for (const int64_t hop : {1, 2, 7, 256}) {
      for (const int64_t channels : {1, 16, 80}) {
        check_interpolation(random, frames, hop, 0, channels);
        if (frames > 2) check_interpolation(random, frames, hop, hop, channels);
      }
    }
  }
}

WB_TEST(nothing_is_made_of_nothing) {
  for (const Kernels* level : available_levels()) {
    const float x[2] = {1, 2};
    const float phases[3] = {1, 1, 1};
    level->upsample_frames({1, 0, phases, 0}, x, 1, 0, 0, nullptr);
    level->interpolate_frames({1, 1}, x, 2, 1, 0, 0, nullptr);
  }
}

int main() { return run_all(); }
