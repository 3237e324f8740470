#ifndef WAVEBRIDGE_DISPATCH_CPU_LEVEL_H_
#define WAVEBRIDGE_DISPATCH_CPU_LEVEL_H_

#include <atomic>
#include <vector>

#include "wavebridge/kernels.h"

namespace wavebridge {

/// Names the level to use in place of the best one.
inline constexpr const char* kCpuLevelVariable = "WAVEBRIDGE_CPU_LEVEL";

/// The levels that this CPU and operating system offer, from scalar to the most able.
std::vector<const Kernels*> available_levels();

/// The level named `forced`, in any case, or the most able one where it is null or empty.
///
/// @throws std::invalid_argument if this CPU does not offer the level, or there is none of that
/// name
const Kernels& choose_level(const char* forced);

/// The level that the operator made last computes with; null before the first.
inline std::atomic<const Kernels*> level_in_use{nullptr};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_DISPATCH_CPU_LEVEL_H_
