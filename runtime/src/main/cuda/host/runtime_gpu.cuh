#ifndef WAVEBRIDGE_CUDA_RUNTIME_GPU_CUH_
#define WAVEBRIDGE_CUDA_RUNTIME_GPU_CUH_

#include <cuda_runtime.h>

#include "host/runtime.h"

namespace wavebridge::cuda::runtime {

/// A good result, or what the CUDA runtime says of `what`.
Result result_of(cudaError_t error, const char* what);

/// A launch in the CUDA runtime's terms; stays where it is, as it points into itself.
struct Configured {
  explicit Configured(const Grid& grid, cudaStream_t stream);
  Configured(const Configured&) = delete;
  cudaLaunchConfig_t config = {};
  cudaLaunchAttribute attributes[2] = {};
};

/// Lets a kernel have what the grid needs; not good if the GPU could not run even one group of
/// blocks.
Result permit_entry(const void* entry, const Grid& grid);
template <typename Arguments>
Result permit(void (*kernel)(Arguments), const Grid& grid) {
  return permit_entry(reinterpret_cast<const void*>(kernel), grid);
}

/// Queues a kernel.
template <typename Arguments>
Result launch(void (*kernel)(Arguments), const Grid& grid, Arguments arguments,
              cudaStream_t stream) {
  const Configured configured(grid, stream);
  void* parameters[] = {&arguments};
  return result_of(
      cudaLaunchKernelExC(&configured.config, reinterpret_cast<const void*>(kernel), parameters),
      "kernel launch");
}

}  // namespace wavebridge::cuda::runtime

#endif  // WAVEBRIDGE_CUDA_RUNTIME_GPU_CUH_
