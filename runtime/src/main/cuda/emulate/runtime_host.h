#ifndef WAVEBRIDGE_EMULATE_RUNTIME_HOST_H_
#define WAVEBRIDGE_EMULATE_RUNTIME_HOST_H_

#include <exception>

#include "emulate/fibres.h"
#include "host/runtime.h"

// host/runtime_gpu.cuh once more, for the emulated machine: what is queued is
// done at once.

namespace wavebridge::cuda::runtime {

/// The machine that is emulated; a test may change it before it prepares an operator.
struct EmulatedLimits : Limits {
  int32_t placeable_cluster = 16;  ///< for which there is room just now
};
EmulatedLimits& emulated_limits();

template <typename Arguments>
Result permit(void (*)(Arguments), const Grid& grid) {
  if (grid.shared_bytes > emulated_limits().shared_bytes) {
    return {Status::kDeviceError, "shared memory of a kernel: more than the emulated machine has"};
  }
  if (grid.cluster > emulated_limits().placeable_cluster) {
    return {Status::kNotResident,
            "this GPU has no room for a cluster of " + std::to_string(grid.cluster) + " blocks"};
  }
  return {};
}

template <typename Arguments>
Result launch(void (*kernel)(Arguments), const Grid& grid, Arguments arguments, cudaStream_t) {
  if (grid.together && grid.blocks > emulated_limits().multiprocessors) {
    return {Status::kNotResident, "kernel launch: the emulated machine has fewer multiprocessors"};
  }
  try {
    emulate::run({.blocks = grid.blocks,
                  .block_rows = grid.block_rows,
                  .threads = grid.threads,
                  .shared_bytes = static_cast<size_t>(grid.shared_bytes),
                  .cluster = grid.cluster},
                 [&] { kernel(arguments); });
  } catch (const std::exception& e) {
    return {Status::kDeviceError, e.what()};
  }
  return {};
}

}  // namespace wavebridge::cuda::runtime

#endif  // WAVEBRIDGE_EMULATE_RUNTIME_HOST_H_
