#ifndef WAVEBRIDGE_CUDA_DEVICE_CUH_
#define WAVEBRIDGE_CUDA_DEVICE_CUH_

#include <cstdint>

// The one layer between the kernels and the machine: blocks, warps and their
// memory. nvcc takes the GPU's; any other compiler takes an emulation, in which
// every thread is a fibre (emulate/).

namespace wavebridge::cuda {

inline constexpr int kWarp = 32;

/// Sixteen bytes that are loaded at once.
struct alignas(16) Quad {
  uint32_t x, y, z, w;
};
struct alignas(16) FloatQuad {
  float x, y, z, w;
};
struct alignas(8) Columns {
  uint16_t x, y, z, w;
};

}  // namespace wavebridge::cuda

#ifdef __CUDACC__
#include "kernels/device_gpu.cuh"
#else
#include "emulate/device_host.h"
#endif

#endif  // WAVEBRIDGE_CUDA_DEVICE_CUH_
