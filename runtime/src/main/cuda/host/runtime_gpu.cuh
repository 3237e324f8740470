#ifndef WAVEBRIDGE_CUDA_RUNTIME_GPU_CUH_
#define WAVEBRIDGE_CUDA_RUNTIME_GPU_CUH_

#include <cuda_runtime.h>

#include "host/runtime.h"

namespace wavebridge::cuda::runtime {

/// A good result, or what the CUDA runtime says of `what`.
Result result_of(cudaError_t error, const char* what);

/// Lets a kernel have as much shared memory and as large clusters as the grid
/// needs.
template <typename Arguments>
Result permit(void (*kernel)(Arguments), const Grid& grid) {
  const void* entry = reinterpret_cast<const void*>(kernel);
  Result result = result_of(cudaFuncSetAttribute(entry, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                                 static_cast<int>(grid.shared_bytes)),
                            "shared memory of a kernel");
  if (result.ok() && grid.cluster > 8) {
    result =
        result_of(cudaFuncSetAttribute(entry, cudaFuncAttributeNonPortableClusterSizeAllowed, 1),
                  "clusters of more than 8 blocks");
  }
  return result;
}

/// Queues a kernel.
template <typename Arguments>
Result launch(void (*kernel)(Arguments), const Grid& grid, Arguments arguments,
              cudaStream_t stream) {
  cudaLaunchConfig_t config = {};
  config.gridDim = dim3(static_cast<unsigned>(grid.blocks), static_cast<unsigned>(grid.block_rows));
  config.blockDim = dim3(static_cast<unsigned>(grid.threads));
  config.dynamicSmemBytes = static_cast<size_t>(grid.shared_bytes);
  config.stream = stream;
  cudaLaunchAttribute attributes[2] = {};
  config.attrs = attributes;
  if (grid.cluster > 1) {
    cudaLaunchAttribute& attribute = attributes[config.numAttrs++];
    attribute.id = cudaLaunchAttributeClusterDimension;
    attribute.val.clusterDim.x = static_cast<unsigned>(grid.cluster);
    attribute.val.clusterDim.y = 1;
    attribute.val.clusterDim.z = 1;
  }
  if (grid.together) {
    cudaLaunchAttribute& attribute = attributes[config.numAttrs++];
    attribute.id = cudaLaunchAttributeCooperative;
    attribute.val.cooperative = 1;
  }
  void* parameters[] = {&arguments};
  return result_of(cudaLaunchKernelExC(&config, reinterpret_cast<const void*>(kernel), parameters),
                   "kernel launch");
}

}  // namespace wavebridge::cuda::runtime

#endif  // WAVEBRIDGE_CUDA_RUNTIME_GPU_CUH_
