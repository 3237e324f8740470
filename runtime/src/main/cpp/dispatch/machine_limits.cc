#include "dispatch/machine_limits.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include "wavebridge/packed_weight.h"

namespace wavebridge {
namespace {

using Clock = std::chrono::steady_clock;
using Loop = decltype(Limits::read);

/// The rate of `repeats` runs of a loop, in a second: the best of several tries, so that time which
/// other programs take counts little.
double rate(Loop loop, const float* memory, int64_t amount, int64_t repeats) {
  constexpr int kTries = 5;
  constexpr std::chrono::milliseconds kTry{30};
  double best = 0;
  for (int attempt = 0; attempt < kTries; attempt++) {
    const Clock::time_point start = Clock::now();
    std::chrono::duration<double> taken{0};
    int64_t done = 0;
    while (taken < kTry) {
      volatile float kept;
      float result = 0;
      for (int64_t i = 0; i < repeats; i++) done += loop(memory, amount, &result);
      kept = result;
      static_cast<void>(kept);
      taken = Clock::now() - start;
    }
    best = std::max(best, static_cast<double>(done) / taken.count());
  }
  return best;
}

AlignedArray<float> zeros(int64_t floats) {
  const size_t count = static_cast<size_t>(floats);
  AlignedArray<float> memory(static_cast<float*>(aligned_memory(count * sizeof(float))));
  std::fill_n(memory.get(), count, 0.0f);
  return memory;
}

}  // namespace

double read_bandwidth(const Kernels& kernels, int64_t bytes) {
  const int64_t floats = std::max<int64_t>(bytes / 4, kLimitFloats);
  // Between two looks at the clock a megabyte or so.
  return rate(kernels.limits.read, zeros(floats).get(), floats, 1 + (int64_t{1} << 18) / floats);
}

double multiply_add_rate(const Kernels& kernels, bool int8) {
  constexpr int64_t kPasses = 1000;
  const Limits& limits = kernels.limits;
  return rate(int8 ? limits.int8_multiply_adds : limits.multiply_adds, zeros(kLimitFloats).get(),
              kPasses, 1);
}

}  // namespace wavebridge
