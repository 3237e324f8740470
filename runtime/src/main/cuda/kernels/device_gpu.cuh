#ifndef WAVEBRIDGE_CUDA_DEVICE_GPU_CUH_
#define WAVEBRIDGE_CUDA_DEVICE_GPU_CUH_

#include <cuda_runtime.h>

#include "kernels/device.cuh"

#define WB_DEVICE __device__ __forceinline__
#define WB_DEVICE_CALL inline __device__ __noinline__
#define WB_GRID_CONSTANT __grid_constant__
#define WB_KERNEL(threads) __global__ void __launch_bounds__(threads, 1)

namespace wavebridge::cuda {

inline constexpr uint32_t kWholeWarp = 0xffffffffu;

WB_DEVICE int thread_index() { return static_cast<int>(threadIdx.x); }
WB_DEVICE int thread_count() { return static_cast<int>(blockDim.x); }
WB_DEVICE int block_index() { return static_cast<int>(blockIdx.x); }
WB_DEVICE int block_row() { return static_cast<int>(blockIdx.y); }
WB_DEVICE int block_rows() { return static_cast<int>(gridDim.y); }

/// The block's shared memory, aligned to 16 bytes.
WB_DEVICE unsigned char* shared_memory() {
  extern __shared__ Quad memory[];
  return reinterpret_cast<unsigned char*>(memory);
}

WB_DEVICE void block_barrier() { __syncthreads(); }

template <typename T>
WB_DEVICE T shuffle_xor(T value, int mask) {
  return __shfl_xor_sync(kWholeWarp, value, mask);
}
template <typename T>
WB_DEVICE T shuffle_up(T value, int distance) {
  return __shfl_up_sync(kWholeWarp, value, static_cast<unsigned>(distance));
}
template <typename T>
WB_DEVICE T shuffle(T value, int lane) {
  return __shfl_sync(kWholeWarp, value, lane);
}
WB_DEVICE uint32_t ballot(bool vote) { return __ballot_sync(kWholeWarp, vote); }
WB_DEVICE int first_lane(uint32_t votes) { return __ffs(static_cast<int>(votes)) - 1; }
WB_DEVICE void warp_barrier() { __syncwarp(); }
WB_DEVICE void atomic_max(uint32_t* shared, uint32_t value) { atomicMax(shared, value); }

WB_DEVICE float fma(float a, float b, float c) { return __fmaf_rn(a, b, c); }
WB_DEVICE float square_root(float x) { return __fsqrt_rn(x); }
WB_DEVICE uint32_t bits(float x) { return __float_as_uint(x); }
WB_DEVICE float from_bits(uint32_t b) { return __uint_as_float(b); }
/// Nearest, ties to even; 0 for a NaN.
WB_DEVICE int32_t to_int(float x) { return __float2int_rn(x); }
/// `c` and the products of four int8 each.
WB_DEVICE int32_t dot4(uint32_t a, uint32_t b, int32_t c) {
  return __dp4a(static_cast<int>(a), static_cast<int>(b), c);
}

// A packet is a value and a step in one word, which is written and read as one.
// So a reader that sees the step has the value, and no fence is needed.

WB_DEVICE void store_packet(uint64_t* to, uint64_t packet) {
  asm volatile("st.relaxed.gpu.global.u64 [%0], %1;" ::"l"(to), "l"(packet) : "memory");
}
WB_DEVICE uint64_t load_packet(const uint64_t* from) {
  uint64_t packet;
  asm volatile("ld.relaxed.gpu.global.u64 %0, [%1];" : "=l"(packet) : "l"(from) : "memory");
  return packet;
}

WB_DEVICE uint32_t load_flag(const uint32_t* from) {
  uint32_t flag;
  asm volatile("ld.relaxed.gpu.global.u32 %0, [%1];" : "=r"(flag) : "l"(from) : "memory");
  return flag;
}
WB_DEVICE void store_flag(uint32_t* to, uint32_t flag) {
  asm volatile("st.relaxed.gpu.global.u32 [%0], %1;" ::"l"(to), "r"(flag) : "memory");
}

// The same in the shared memory of the blocks of a cluster. Only kernels of
// clusters call these; older GPUs never run such a kernel.

WB_DEVICE int cluster_rank() {
  uint32_t rank = 0;
#if __CUDA_ARCH__ >= 900
  asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
#endif
  return static_cast<int>(rank);
}

/// Stores at the place of `own`, which is in this block's shared memory, in
/// that of another block.
WB_DEVICE void store_peer_packet(uint64_t* own, int peer, uint64_t packet) {
#if __CUDA_ARCH__ >= 900
  const uint32_t here = static_cast<uint32_t>(__cvta_generic_to_shared(own));
  uint32_t there;
  asm volatile("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(there) : "r"(here), "r"(peer));
  asm volatile("st.relaxed.cluster.shared::cluster.u64 [%0], %1;" ::"r"(there), "l"(packet)
               : "memory");
#endif
}
WB_DEVICE uint64_t load_own_packet(const uint64_t* own) {
  uint64_t packet = 0;
#if __CUDA_ARCH__ >= 900
  const uint32_t here = static_cast<uint32_t>(__cvta_generic_to_shared(own));
  asm volatile("ld.relaxed.cluster.shared::cta.u64 %0, [%1];"
               : "=l"(packet)
               : "r"(here)
               : "memory");
#endif
  return packet;
}
WB_DEVICE void cluster_barrier() {
#if __CUDA_ARCH__ >= 900
  asm volatile(
      "barrier.cluster.arrive.release.aligned;\nbarrier.cluster.wait."
      "acquire.aligned;" ::
          : "memory");
#endif
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_DEVICE_GPU_CUH_
