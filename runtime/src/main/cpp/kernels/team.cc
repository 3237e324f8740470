#include "wavebridge/team.h"

#include <chrono>
#include <thread>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace wavebridge {
namespace {

/// Looks before the first yield. Members meet every microsecond or so, while a yield may hand the
/// core to somebody else for milliseconds.
constexpr int kLooks = 2000;
/// Longer than members differ, even when one has to fetch its weights; shorter than other programs
/// keep a core.
constexpr std::chrono::microseconds kPatience{500};

void pause() noexcept {
#if defined(__SSE2__)
  _mm_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

bool reached(const uint64_t& count, uint64_t target) noexcept {
  return __atomic_load_n(&count, __ATOMIC_ACQUIRE) >= target;
}

}  // namespace

bool wait_for(const uint64_t& count, uint64_t target) noexcept {
  for (int look = 0; look < kLooks; look++) {
    if (reached(count, target)) return true;
    pause();
  }
  const auto start = std::chrono::steady_clock::now();
  while (!reached(count, target)) std::this_thread::yield();
  return std::chrono::steady_clock::now() - start < kPatience;
}

}  // namespace wavebridge
