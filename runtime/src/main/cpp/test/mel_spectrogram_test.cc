#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "dispatch/cpu_level.h"
#include "test/harness.h"
#include "test/reference.h"

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

constexpr long double kTurn = 6.283185307179586476925286766559005768L;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// An analysis whose filters are random.
struct Analysis {
  int32_t points;
  int64_t hop;
  std::vector<float> window, twiddles, no_bias;
  TestWeight filters;
  PackedWeight packed;
  float floor = 1e-5f, factor = 0.5f, shift = 0.25f, minimum = -kInfinity, maximum = kInfinity;

  Analysis(Random& random, int32_t transform, int64_t samples, TestWeight weight)
      : points(transform),
        hop(samples),
        window(random.uniforms(static_cast<size_t>(transform))),
        no_bias(static_cast<size_t>(weight.rows)),
        filters(std::move(weight)),
        packed(filters.view()) {
    for (int32_t n = 0; n < points; n++) {
      twiddles.push_back(static_cast<float>(std::cos(kTurn * n / points)));
      twiddles.push_back(static_cast<float>(std::sin(kTurn * n / points)));
    }
  }

  static Analysis random(Random& random, int32_t points, int64_t hop, int64_t mels) {
    return {random, points, hop, TestWeight::random(random, mels, points / 2 + 1, 1, 8, 0.3, 1.0f)};
  }

  /// Filters that each take one bin.
  static Analysis bins(Random& random, int32_t points) {
    TestWeight weight = TestWeight::random(random, points / 2 + 1, points / 2 + 1, 1, 1, 0, 1.0f);
    for (int32_t k = 0; k <= points / 2; k++) {
      weight.dense[static_cast<size_t>(k * (points / 2 + 1) + k)] = 1;
      weight.blocks.push_back(1);
      weight.columns.push_back(k);
      weight.starts[static_cast<size_t>(k) + 1] = k + 1;
    }
    return {random, points, points, std::move(weight)};
  }

  MelSpectrogram view() const {
    return {points, hop,    window.data(), twiddles.data(), packed.matrix(), no_bias.data(),
            floor,  factor, shift,         minimum,         maximum};
  }

  std::vector<float> run(const Kernels& level, const std::vector<float>& waveform,
                         int32_t frames) const {
    const MelSpectrogram analysis = view();
    std::vector<float> features(static_cast<size_t>(frames * filters.rows));
    const AlignedArray<unsigned char> scratch(
        static_cast<unsigned char*>(aligned_memory(level.mel_spectrogram_scratch(analysis))));
    level.mel_spectrogram(analysis, waveform.data(), frames, features.data(), scratch.get());
    return features;
  }
};

/// The spectrum as docs/numerics.md has it, one number at a time: bins 0..points / 2.
struct Spectrum {
  std::vector<float> real, imaginary;
};

Spectrum spectrum(const std::vector<float>& x, const std::vector<float>& twiddles) {
  const size_t points = x.size(), stride = twiddles.size() / 2 / points;
  const auto cosine = [&](size_t n) { return twiddles[2 * (n % points) * stride]; };
  const auto sine = [&](size_t n) { return twiddles[2 * (n % points) * stride + 1]; };
  Spectrum made{std::vector<float>(points / 2 + 1), std::vector<float>(points / 2 + 1)};
  if (points % 2 == 1) {
    for (size_t k = 0; k <= points / 2; k++) {
      float real = x[0], imaginary = 0;
      for (size_t n = 1; n <= points / 2; n++) {
        const float sum = x[n] + x[points - n];
        real = real + (k == 0 ? sum : cosine(n * k) * sum);
        if (k > 0) imaginary = imaginary + sine(n * k) * (x[points - n] - x[n]);
      }
      made.real[k] = real;
      made.imaginary[k] = imaginary;
    }
    return made;
  }
  const size_t half = points / 2;
  std::vector<float> halves[2];
  for (size_t n = 0; n < points; n++) halves[n % 2].push_back(x[n]);
  const Spectrum even = spectrum(halves[0], twiddles), odd = spectrum(halves[1], twiddles);
  made.real[0] = even.real[0] + odd.real[0];
  made.real[half] = even.real[0] - odd.real[0];
  for (size_t k = 1; 2 * k < half; k++) {
    const float real = cosine(k) * odd.real[k] + sine(k) * odd.imaginary[k];
    const float imaginary = cosine(k) * odd.imaginary[k] - sine(k) * odd.real[k];
    made.real[k] = even.real[k] + real;
    made.imaginary[k] = even.imaginary[k] + imaginary;
    made.real[half - k] = even.real[k] - real;
    made.imaginary[half - k] = imaginary - even.imaginary[k];
  }
  if (half % 2 == 0) {
    made.real[half / 2] = even.real[half / 2];
    made.imaginary[half / 2] = 0 - odd.real[half / 2];
  }
  return made;
}

std::vector<float> windowed(const Analysis& analysis, const std::vector<float>& waveform,
                            size_t first) {
  std::vector<float> x(analysis.window);
  for (size_t n = 0; n < x.size(); n++) x[n] = x[n] * waveform[first + n];
  return x;
}

std::vector<float> expected(const Analysis& analysis, const std::vector<float>& waveform,
                            int32_t frames) {
  std::vector<float> features;
  for (int32_t f = 0; f < frames; f++) {
    const Spectrum bins = spectrum(
        windowed(analysis, waveform, static_cast<size_t>(f * analysis.hop)), analysis.twiddles);
    std::vector<float> magnitude(bins.real.size());
    for (size_t k = 0; k < magnitude.size(); k++) {
      magnitude[k] = std::sqrt(bins.real[k] * bins.real[k] + bins.imaginary[k] * bins.imaginary[k]);
      const float largest = std::numeric_limits<float>::max();
      magnitude[k] = magnitude[k] < largest ? magnitude[k] : largest;
    }
    for (const float mel : reference::affine(analysis.filters, magnitude, 0, analysis.no_bias)) {
      const float log = reference::log(mel > analysis.floor ? mel : analysis.floor);
      const float scaled = log * analysis.factor + analysis.shift;
      const float limited = scaled > analysis.minimum ? scaled : analysis.minimum;
      features.push_back(limited < analysis.maximum ? limited : analysis.maximum);
    }
  }
  return features;
}

std::vector<float> noise(Random& random, const Analysis& analysis, int32_t frames) {
  return random.numbers(static_cast<size_t>((frames - 1) * analysis.hop + analysis.points), 1.0f);
}

const std::vector<int32_t> kSizes = {1,  2,  3,  4,  5,   6,   7,   8,    12,   15,   16,
                                     24, 64, 75, 96, 512, 600, 800, 1024, 1103, 1200, 2048};

}  // namespace

WB_TEST(every_level_has_the_bits_of_the_reference) {
  for (const int32_t points : kSizes) {
    Random random(static_cast<uint64_t>(points));
    const auto analysis = Analysis::random(random, points, points / 3 + 1, 1 + points % 37);
    for (const int32_t frames : {1, 2, 7, 16}) {
      const auto waveform = noise(random, analysis, frames);
      const auto features = expected(analysis, waveform, frames);
      for (const Kernels* level : available_levels()) {
        CHECK_SAME_BITS(std::to_string(points) + " points at " + level->level, features,
                        analysis.run(*level, waveform, frames));
      }
    }
  }
}

WB_TEST(a_frame_alone_has_the_bits_that_it_has_among_others) {
  Random random(5);
  const auto analysis = Analysis::random(random, 600, 150, 40);
  const auto waveform = noise(random, analysis, 16);
  for (const Kernels* level : available_levels()) {
    const auto together = analysis.run(*level, waveform, 16);
    for (size_t f = 0; f < 16; f++) {
      const auto alone = analysis.run(*level, reference::part(waveform, f * 150, 600), 1);
      CHECK_SAME_BITS("frame " + std::to_string(f), reference::part(together, f * 40, 40), alone);
    }
  }
}

/// Against the transform as it is defined, in long double, from the logarithms of single bins.
WB_TEST(a_bin_is_near_the_transform_as_defined) {
  for (const int32_t points : kSizes) {
    Random random(static_cast<uint64_t>(points) + 100);
    Analysis analysis = Analysis::bins(random, points);
    analysis.factor = 1;
    analysis.shift = 0;
    analysis.floor = 1e-30f;
    const auto waveform = noise(random, analysis, 1);
    const auto x = windowed(analysis, waveform, 0);
    const auto found = analysis.run(*available_levels().back(), waveform, 1);
    long double energy = 0;
    for (const float value : x) energy += static_cast<long double>(value) * value;
    for (int32_t k = 0; k <= points / 2; k++) {
      long double real = 0, imaginary = 0;
      for (int32_t n = 0; n < points; n++) {
        const int64_t angle = static_cast<int64_t>(n) * k % points;
        real += x[static_cast<size_t>(n)] * std::cos(kTurn * angle / points);
        imaginary -= x[static_cast<size_t>(n)] * std::sin(kTurn * angle / points);
      }
      const long double wanted = std::sqrt(real * real + imaginary * imaginary);
      const long double made = std::exp(static_cast<long double>(found[static_cast<size_t>(k)]));
      CHECK(std::abs(made - wanted) < 2e-6L * std::sqrt(energy) + 2e-6L * wanted);
    }
  }
}

WB_TEST(limits_and_floor_hold) {
  Random random(9);
  Analysis analysis = Analysis::random(random, 64, 16, 20);
  analysis.factor = 3;
  analysis.minimum = -0.5f;
  analysis.maximum = 0.75f;
  const auto waveform = noise(random, analysis, 5);
  const std::vector<float> silence(waveform.size());
  for (const Kernels* level : available_levels()) {
    CHECK_SAME_BITS("limited", expected(analysis, waveform, 5), analysis.run(*level, waveform, 5));
    CHECK_SAME_BITS("silence", std::vector<float>(5 * 20, -0.5f), analysis.run(*level, silence, 5));
  }
}

/// Numbers that overflow, and what is not a number, end as features all the same.
WB_TEST(any_sample_gives_the_same_number_at_every_level) {
  for (const int32_t points : {15, 64, 75, 96}) {
    Random random(11);
    const auto analysis = Analysis::random(random, points, 16, 20);
    for (const float odd : {1e18f, 3e19f, 3e38f, kInfinity, -kInfinity, 1e-40f,
                            std::numeric_limits<float>::quiet_NaN()}) {
      auto waveform = noise(random, analysis, 9);
      waveform[40] = odd;
      waveform[41] = odd;
      const auto features = expected(analysis, waveform, 9);
      for (const float feature : features) CHECK(std::isfinite(feature));
      for (const Kernels* level : available_levels()) {
        CHECK_SAME_BITS("with " + show(odd), features, analysis.run(*level, waveform, 9));
      }
    }
  }
}

int main(int count, char** arguments) {
  if (count > 1) {
    for (const int32_t points : {1024, 2048, 800, 1200, 1103}) {
      Random random(1);
      const auto analysis = Analysis::random(random, points, points / 4, 80);
      const auto waveform = noise(random, analysis, 16);
      for (const Kernels* level : available_levels()) {
        const auto start = std::chrono::steady_clock::now();
        const int runs = std::atoi(arguments[1]);
        for (int i = 0; i < runs; i++) analysis.run(*level, waveform, 16);
        const std::chrono::duration<double, std::micro> taken =
            std::chrono::steady_clock::now() - start;
        std::printf("%d points at %s: %.2f us a frame\n", points, level->level,
                    taken.count() / runs / 16);
      }
    }
    return 0;
  }
  return run_all();
}
