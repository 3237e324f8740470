#ifndef WAVEBRIDGE_CUDA_RUNTIME_H_
#define WAVEBRIDGE_CUDA_RUNTIME_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "wavebridge_cuda/launch.h"

// The calls that the host makes to the machine: the CUDA runtime, or its emulation.

namespace wavebridge::cuda::runtime {

struct Limits {
  int32_t multiprocessors;
  int64_t shared_bytes;     ///< of a block
  int32_t largest_cluster;  ///< blocks; 0 without clusters
};
Result limits(Limits& found);

struct Grid {
  int32_t blocks = 1;
  int32_t block_rows = 1;
  int32_t threads = 1;
  int64_t shared_bytes = 0;
  int32_t cluster = 1;
  bool together = false;  ///< all blocks run at once, or the launch is refused
};

/// Memory of the device.
struct Release {
  void operator()(void* memory) const noexcept;
};
using Memory = std::unique_ptr<void, Release>;
Result allocate(size_t bytes, Memory& memory);

/// Copies that are over when the call is.
Result upload(void* to, const void* from, size_t bytes, cudaStream_t stream);
Result download(void* to, const void* from, size_t bytes, cudaStream_t stream);

// Work that is queued on a stream.
Result copy(void* to, const void* from, size_t bytes, cudaStream_t stream);
Result clear(void* memory, size_t bytes, cudaStream_t stream);

}  // namespace wavebridge::cuda::runtime

#if defined(__CUDACC__)
#include "host/runtime_gpu.cuh"
#elif !defined(WAVEBRIDGE_ON_A_GPU)
#include "emulate/runtime_host.h"
#endif

#endif  // WAVEBRIDGE_CUDA_RUNTIME_H_
