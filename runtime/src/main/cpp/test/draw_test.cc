#include <cmath>
#include <numeric>

#include "dispatch/cpu_level.h"
#include "test/harness.h"
#include "test/reference.h"

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

constexpr float kLargest = 0x1.fffffep-1f;  // (2^24 - 1) / 2^24

/// A value as a level draws it.
float drawn(const Kernels& level, const Head& head, std::vector<float> logits, float temperature,
            const std::vector<float>& uniforms) {
  std::vector<int32_t> weights(logits.size());
  return level.draw(head, logits.data(), static_cast<int32_t>(logits.size()), temperature,
                    uniforms.data(), weights.data());
}

/// The class at every level, compared with the reference and with what the case says.
void check_draw(const std::string& what, const std::vector<float>& logits, float uniform,
                int64_t expected, float temperature = 1.0f) {
  CHECK_EQUAL(expected, int64_t{reference::draw_class(logits, temperature, uniform)});
  std::vector<float> indices(logits.size());
  std::iota(indices.begin(), indices.end(), 0.0f);
  for (const Kernels* level : available_levels()) {
    const float found =
        drawn(*level, {.class_values = indices.data()}, logits, temperature, {uniform});
    CHECK_EQUAL(what + " at " + level->level + ": " + std::to_string(expected),
                what + " at " + level->level + ": " + std::to_string(static_cast<int64_t>(found)));
  }
}

}  // namespace

WB_TEST(flat) {
  for (const size_t classes : {1u, 2u, 15u, 16u, 17u, 256u, 1000u, 32767u}) {
    const std::vector<float> logits(classes, 3.0f);
    check_draw("u = 0", logits, 0.0f, 0);
    check_draw("largest u", logits, kLargest, static_cast<int64_t>(classes) - 1);
    check_draw("half", logits, 0.5f, static_cast<int64_t>(classes / 2));
  }
}

WB_TEST(one_hot) {
  for (const size_t at : {0u, 1u, 15u, 16u, 100u, 255u}) {
    std::vector<float> logits(256, -200.0f);
    logits[at] = 5.0f;
    check_draw("u = 0", logits, 0.0f, static_cast<int64_t>(at));
    check_draw("largest u", logits, kLargest, static_cast<int64_t>(at));
  }
}

WB_TEST(ties_share_evenly) {
  std::vector<float> logits(40, -200.0f);
  for (const size_t at : {3u, 16u, 17u, 38u}) logits[at] = 2.5f;
  check_draw("u = 0", logits, 0.0f, 3);
  check_draw("below a quarter", logits, 0.25f - 0x1p-24f, 3);
  check_draw("a quarter", logits, 0.25f, 16);
  check_draw("below a half", logits, 0.5f - 0x1p-24f, 16);
  check_draw("a half", logits, 0.5f, 17);
  check_draw("three quarters", logits, 0.75f, 38);
  check_draw("largest u", logits, kLargest, 38);
}

WB_TEST(classes_without_probability_at_the_ends) {
  for (const float impossible : {-INFINITY, NAN, -1000.0f}) {
    for (const size_t count : {3u, 16u, 17u, 40u, 256u}) {
      std::vector<float> logits(count, 0.5f);
      logits[0] = logits[count - 1] = impossible;
      const int64_t last = static_cast<int64_t>(count) - 2;
      check_draw("u = 0", logits, 0.0f, 1);
      check_draw("largest u", logits, kLargest, last);
      check_draw("largest u, cold", logits, kLargest, last, 0.01f);
      check_draw("u = 0, hot", logits, 0.0f, 1, 3.0f);
    }
  }
}

WB_TEST(edges_of_a_flat_distribution) {
  const std::vector<float> logits(256, -1.5f);
  for (int64_t k = 0; k < 256; k++) {
    const float edge = static_cast<float>(k) / 256;
    check_draw("edge", logits, edge, k);
    check_draw("after the edge", logits, edge + 0x1p-24f, k);
    if (k > 0) check_draw("before the edge", logits, edge - 0x1p-24f, k - 1);
  }
}

WB_TEST(uniforms_outside_their_range) {
  const std::vector<float> logits(10, 0.0f);
  check_draw("NaN", logits, NAN, 0);
  check_draw("negative", logits, -3.0f, 0);
  check_draw("minus infinity", logits, -INFINITY, 0);
  check_draw("one", logits, 1.0f, 9);
  check_draw("infinity", logits, INFINITY, 9);
  check_draw("minus zero", logits, -0.0f, 0);
}

WB_TEST(logits_that_are_not_finite) {
  std::vector<float> logits(20, 0.0f);
  logits[0] = NAN;
  check_draw("a NaN is never drawn", logits, 0.0f, 1);
  logits[19] = INFINITY;
  check_draw("infinity leaves nothing", logits, 0.5f, 0);
  check_draw("all NaN", std::vector<float>(20, NAN), 0.9f, 0);
  check_draw("all minus infinity", std::vector<float>(20, -INFINITY), 0.9f, 0);
  logits.assign(20, -INFINITY);
  logits[7] = -1000;
  check_draw("one is possible", logits, 0.9f, 7);
}

WB_TEST(temperatures) {
  Random random(3);
  const auto logits = random.numbers(300, 4.0f);
  for (const float temperature : {1e-30f, 0.1f, 0.7f, 1.0f, 3.0f, 1e30f}) {
    for (int i = 0; i < 200; i++) {
      const float u = random.uniform();
      check_draw("random", logits, u, reference::draw_class(logits, temperature, u), temperature);
    }
  }
}

WB_TEST(values_of_classes) {
  Random random(7);
  for (const size_t classes : {2u, 17u, 256u}) {
    const auto logits = random.numbers(classes, 2.0f);
    const std::vector<float> uniforms = {random.uniform()};
    for (const Kernels* level : available_levels()) {
      CHECK_SAME_BITS(level->level, {reference::draw({}, logits, 1.0f, uniforms)},
                      {drawn(*level, {}, logits, 1.0f, uniforms)});
    }
  }
}

WB_TEST(heads_that_are_no_classes) {
  Random random(4);
  for (const int32_t most : {1, 2, 10, 16, 17, 40}) {
    for (const Head& head : heads(most)) {
      const size_t draws = static_cast<size_t>(head.draws());
      for (int i = 0; i < 600; i++) {
        std::vector<float> logits;
        for (int64_t k = 0; k < head.outputs().size; k++) {
          // Logits and means are small, logarithms of scales are not.
          logits.push_back(random.bits() % 2 == 0 ? random.number(0.7f)
                                                  : random.number(40.0f) - 10.0f);
        }
        auto uniforms = random.uniforms(draws);
        float& uniform = uniforms[random.bits() % draws];
        if (i % 20 == 0) uniform = 0.0f;
        if (i % 20 == 1) uniform = kLargest;
        if (i % 20 == 2) uniform = NAN;
        if (i % 20 == 3) uniform = 0.5f + 0x1p-24f * static_cast<float>(i / 20 % 3 - 1);
        if (i % 20 == 4) uniform = 0x1p-24f * static_cast<float>(i / 20);
        if (i % 20 == 5) logits[random.bits() % logits.size()] = NAN;
        const float temperature = 0.5f + random.uniform();
        const float expected = reference::draw(head, logits, temperature, uniforms);
        for (const Kernels* level : available_levels()) {
          const float found = drawn(*level, head, logits, temperature, uniforms);
          if (!same_bits(expected, found) && !(std::isnan(expected) && std::isnan(found))) {
            fail(__FILE__, __LINE__,
                 std::string(head.row()->attribute) + " at " + level->level + ": expected " +
                     show(expected) + ", found " + show(found));
          }
        }
      }
    }
  }
}

WB_TEST(mixtures_at_the_ends) {
  const Head head = {.kind = HeadKind::kMixture, .parts = 2};
  const std::vector<float> ends = {0.0f, kLargest};
  for (const float logit : {0.0f, -INFINITY, NAN}) {
    // Equal scores: the first component, at 0.25.
    const std::vector<float> logits = {logit, logit, 0.25f, -0.5f, -5.0f, -5.0f};
    for (const float choice : ends) {
      for (const float value : ends) {
        const std::vector<float> uniforms = {choice, choice, value};
        const double quantile = std::log(0.99999 / 1e-5) * (value > 0 ? 1 : -1);
        const double expected = 0.25 + std::exp(-5.0) * quantile;
        for (const Kernels* level : available_levels()) {
          const float found = drawn(*level, head, logits, 1.0f, uniforms);
          CHECK_SAME_BITS(level->level, {reference::draw(head, logits, 1.0f, uniforms)}, {found});
          // The clamp is at binary32 numbers, and 1 - 0.99999f has few digits.
          CHECK(std::fabs(static_cast<double>(found) - expected) < 1e-4);
        }
      }
    }
  }
}

/// The share of a distribution below what is drawn is the uniform itself.
WB_TEST(draws_invert_the_distribution) {
  for (const Head& head : heads(1)) {
    Random random(6);
    std::vector<float> logits(static_cast<size_t>(head.outputs().size), 0.0f);
    logits.back() = -4.0f;
    for (int i = 0; i < 20000; i++) {
      const float u = i < 200 ? 0x1p-24f * static_cast<float>(i + 1) : random.uniform();
      const float lowest = reference::lowest_uniform(head);
      if (u < lowest || u > 1 - lowest) continue;
      const std::vector<float> uniforms(static_cast<size_t>(head.draws()), u);
      const double z =
          static_cast<double>(drawn(*available_levels()[0], head, logits, 1.0f, uniforms)) /
          std::exp(-4.0);
      const double below = reference::standard_below(head, z);
      // A quantile off by a share e moves what is below it by z^2 e of itself at most, far out.
      const double tail = std::min(below, 1 - below);
      CHECK(std::fabs(below - static_cast<double>(u)) < 3e-6 * (z * z + 1) * tail + 1e-9);
    }
  }
}

int main() { return run_all(); }
