#include <cmath>
#include <limits>

#include "dispatch/cpu_level.h"
#include "test/harness.h"
#include "test/reference.h"

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

using Function = void (*)(const float*, float*, int32_t) noexcept;

std::vector<float> values_of(Function function, const std::vector<float>& x) {
  std::vector<float> y(x.size());
  function(x.data(), y.data(), static_cast<int32_t>(x.size()));
  return y;
}

std::vector<float> evenly(float from, float to, int count) {
  std::vector<float> x;
  for (int i = 0; i <= count; i++) {
    x.push_back(from + (to - from) * static_cast<float>(i) / static_cast<float>(count));
  }
  return x;
}

/// Numbers of every size and sign, and the ones where a definition changes.
std::vector<float> everywhere() {
  std::vector<float> x = {0.0f,  -0.0f,      0.625f, -0.625f, 0.62499994f, -87.0f,
                          88.0f, -87.00001f, 88.01f, 1e-45f,  1e-38f,      -1e-40f,
                          1e30f, -1e30f,     0.5f,   1.0f,    INFINITY,    -INFINITY};
  Random random(7);
  for (int i = 0; i < 20000; i++) {
    uint32_t bits = random.bits() ^ random.bits() << 16;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isnan(value)) x.push_back(value);
  }
  for (const float value : evenly(-20, 20, 30001)) x.push_back(value);
  return x;
}

/// The largest distance from the double-precision function in units of the result's last place.
double worst_ulp(const std::vector<float>& x, const std::vector<float>& y,
                 double (*exact)(double)) {
  double worst = 0;
  for (size_t i = 0; i < x.size(); i++) {
    const double wanted = exact(static_cast<double>(x[i]));
    const float near = static_cast<float>(wanted);
    const double ulp = static_cast<double>(
        std::nextafter(std::fabs(near), std::numeric_limits<float>::infinity()) - std::fabs(near));
    const double distance = std::fabs(static_cast<double>(y[i]) - wanted) / ulp;
    if (!(distance <= worst)) worst = distance;
  }
  return worst;
}

double exact_sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

void check_all(const char* name, Function Kernels::* function, float (*reference)(float),
               const std::vector<float>& x) {
  std::vector<float> expected;
  for (const float value : x) expected.push_back(reference(value));
  for (const Kernels* level : available_levels()) {
    CHECK_SAME_BITS(std::string(name) + " at " + level->level, expected,
                    values_of(level->*function, x));
  }
}

}  // namespace

WB_TEST(same_bits_as_the_definition_at_every_level) {
  check_all("exp", &Kernels::exp, reference::exp, everywhere());
  check_all("sigmoid", &Kernels::sigmoid, reference::sigmoid, everywhere());
  check_all("tanh", &Kernels::tanh, reference::tanh, everywhere());
  std::vector<float> positive = evenly(1e-5f, 12.0f, 50001);
  for (const float x : everywhere()) {
    if (x >= 1.2e-38f && !std::isinf(x)) positive.push_back(x);
  }
  check_all("log", &Kernels::log, reference::log, positive);
}

WB_TEST(close_to_the_mathematics) {
  const Kernels& kernels = *available_levels().back();
  const auto middle = evenly(-30, 30, 2000001);
  CHECK(worst_ulp(evenly(-86, 88, 2000001), values_of(kernels.exp, evenly(-86, 88, 2000001)),
                  std::exp) < 1);
  // The additions and the division add up to three halves to the error of exp.
  CHECK(worst_ulp(middle, values_of(kernels.sigmoid, middle), exact_sigmoid) < 2.5);
  CHECK(worst_ulp(middle, values_of(kernels.tanh, middle), std::tanh) < 2);
  const auto fractions = evenly(1e-5f, 0.99999f, 2000001);
  CHECK(worst_ulp(fractions, values_of(kernels.log, fractions), std::log) < 2);
}

WB_TEST(nan_gives_nan_whatever_its_payload) {
  std::vector<float> x;
  for (uint32_t payload = 1; payload < 0x400000; payload = payload * 3 + 1) {
    for (const uint32_t sign : {0x7fc00000u, 0xffc00000u, 0x7f800000u}) {
      const uint32_t bits = sign | payload;
      float value;
      std::memcpy(&value, &bits, sizeof value);
      x.push_back(value);
    }
  }
  for (const Kernels* level : available_levels()) {
    for (const Function function : {level->exp, level->sigmoid, level->tanh}) {
      for (const float y : values_of(function, x)) CHECK(std::isnan(y));
    }
  }
}

WB_TEST(lanes_beyond_the_count_are_left_alone) {
  for (const Kernels* level : available_levels()) {
    for (int32_t count = 0; count < 20; count++) {
      std::vector<float> x(static_cast<size_t>(count), 0.25f), y(24, 7.0f);
      level->tanh(x.data(), y.data(), count);
      for (size_t i = static_cast<size_t>(count); i < y.size(); i++) CHECK(y[i] == 7.0f);
    }
  }
}

int main() { return run_all(); }
