#ifndef WAVEBRIDGE_EMULATE_RUNTIME_HOST_H_
#define WAVEBRIDGE_EMULATE_RUNTIME_HOST_H_

#include <exception>

#include "emulate/fibres.h"
#include "host/runtime.h"

// host/runtime_gpu.cuh once more, for the emulated machine: what is queued is
// done at once.

namespace wavebridge::cuda::runtime {

/// The machine that is emulated; a test may change it before it prepares an
/// operator.
Limits& emulated_limits();

template <typename Arguments>
Result permit(void (*)(Arguments), const Grid& grid) {
  if (grid.shared_bytes > emulated_limits().shared_bytes ||
      grid.cluster > emulated_limits().largest_cluster + 1) {
    return {Status::kDeviceError, "a kernel wants more than the emulated machine has"};
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
