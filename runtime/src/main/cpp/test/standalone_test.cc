// The kernels of graphs that stand alone: random numbers against known answers, and decoding
// against plain loops, bit for bit, on every level.

#include <cmath>

#include "dispatch/cpu_level.h"
#include "test/harness.h"
#include "test/weights.h"

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

std::vector<float> decoded(const Kernels& level, const Decoding& decoding,
                           const std::vector<float>& values, const std::vector<size_t>& parts) {
  std::vector<float> waveform(values.size());
  float last[kDoubleParts] = {};
  size_t at = 0;
  for (const size_t part : parts) {
    level.decode_values(decoding, values.data() + at, static_cast<int64_t>(part), last,
                        waveform.data() + at);
    at += part;
  }
  return waveform;
}

/// A number in parts, by another way than the kernel's.
void append_parts(double number, std::vector<float>& parts) {
  for (int64_t i = 0; i < kDoubleParts; i++) {
    parts.push_back(static_cast<float>(number));
    number -= static_cast<double>(parts.back());
  }
}

}  // namespace

WB_TEST(uniforms_are_those_of_the_definition) {
  // The first word for counter 0 and key 0 of the known answers that the generator's authors give.
  for (const Kernels* level : available_levels()) {
    float first = 0;
    level->philox_uniforms(0, 0, 1, 1, &first);
    CHECK_SAME_BITS(std::string("zeros at ") + level->level,
                    std::vector<float>{static_cast<float>(0x6627e8d5u >> 8) * 0x1p-24f},
                    std::vector<float>{first});
  }
}

WB_TEST(uniforms_do_not_depend_on_how_they_are_cut) {
  const uint64_t seed = 0x123456789abcdef0u, first = 0xfffffffeu;
  for (const Kernels* level : available_levels()) {
    std::vector<float> whole(7 * 3), parts(7 * 3);
    level->philox_uniforms(seed, first, 7, 3, whole.data());
    level->philox_uniforms(seed, first, 2, 3, parts.data());
    level->philox_uniforms(seed, first + 2, 5, 3, parts.data() + 2 * 3);
    CHECK_SAME_BITS(std::string("parts at ") + level->level, whole, parts);
    std::vector<float> scalar(7 * 3);
    available_levels()[0]->philox_uniforms(seed, first, 7, 3, scalar.data());
    CHECK_SAME_BITS(std::string("levels at ") + level->level, scalar, whole);
  }
}

WB_TEST(levels_are_expanded_and_de_emphasised) {
  Random random(5);
  std::vector<double> amplitudes;
  std::vector<float> table;
  const int64_t levels = 64;
  for (int64_t k = 0; k < levels; k++) {
    amplitudes.push_back(std::sinh(static_cast<double>(k - 32) / 9.0));
    append_parts(amplitudes.back(), table);
  }
  std::vector<float> values = random.numbers(50, 1.2f);
  values.push_back(NAN);
  for (int64_t k = 0; k < levels; k++) {
    values.push_back(static_cast<float>(2 * k) / static_cast<float>(levels - 1) - 1.0f);
  }
  for (const bool truncated : {false, true}) {
    const Decoding decoding{levels, table.data(), truncated, 0.97f};
    std::vector<float> expected;
    double last = 0;
    for (const float value : values) {
      const float highest = static_cast<float>(levels - 1);
      const float place = std::fmin(highest, std::fmax(0.0f, (value + 1.0f) * highest / 2.0f));
      const float level = truncated ? std::floor(place) : std::nearbyint(place);
      last = amplitudes[static_cast<size_t>(level)] + static_cast<double>(0.97f) * last;
      expected.push_back(static_cast<float>(last));
    }
    for (const Kernels* level : available_levels()) {
      const std::string what = std::string(truncated ? "truncated at " : "at ") + level->level;
      CHECK_SAME_BITS(what, expected, decoded(*level, decoding, values, {values.size()}));
      CHECK_SAME_BITS(what + " in parts", expected,
                      decoded(*level, decoding, values, {1, 0, 40, values.size() - 41}));
    }
  }
}

WB_TEST(values_without_levels_are_amplitudes) {
  Random random(6);
  const std::vector<float> values = random.numbers(20, 1.0f);
  for (const Kernels* level : available_levels()) {
    CHECK_SAME_BITS(std::string("at ") + level->level, values,
                    decoded(*level, {0, nullptr, false, 0.0f}, values, {7, 13}));
  }
}

int main() { return run_all(); }
