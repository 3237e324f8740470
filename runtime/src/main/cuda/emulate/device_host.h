#ifndef WAVEBRIDGE_EMULATE_DEVICE_HOST_H_
#define WAVEBRIDGE_EMULATE_DEVICE_HOST_H_

#include <bit>
#include <cmath>
#include <cstring>

#include "emulate/fibres.h"
#include "kernels/device.cuh"

// kernels/device_gpu.cuh once more, for fibres.

#define WB_DEVICE inline
#define WB_DEVICE_CALL inline
#define WB_GRID_CONSTANT
#define WB_KERNEL(threads) inline void

namespace wavebridge::cuda {

using emulate::block_barrier;
using emulate::block_index;
using emulate::block_row;
using emulate::block_rows;
using emulate::cluster_barrier;
using emulate::cluster_rank;
using emulate::shared_memory;
using emulate::thread_count;
using emulate::thread_index;
using emulate::warp_barrier;

template <typename T>
T shuffle_from(T value, int lane) {
  uint64_t word = 0;
  std::memcpy(&word, &value, sizeof value);
  word = emulate::exchange_in_warp(word)[lane];
  std::memcpy(&value, &word, sizeof value);
  return value;
}
template <typename T>
T shuffle_xor(T value, int mask) {
  return shuffle_from(value, thread_index() % kWarp ^ mask);
}
template <typename T>
T shuffle_up(T value, int distance) {
  const int lane = thread_index() % kWarp;
  return shuffle_from(value, lane < distance ? lane : lane - distance);
}
template <typename T>
T shuffle(T value, int lane) {
  return shuffle_from(value, lane);
}
inline uint32_t ballot(bool vote) {
  const uint64_t* votes = emulate::exchange_in_warp(vote ? 1 : 0);
  uint32_t all = 0;
  for (int lane = 0; lane < kWarp; lane++) all |= static_cast<uint32_t>(votes[lane]) << lane;
  return all;
}
inline int first_lane(uint32_t votes) { return votes == 0 ? -1 : std::countr_zero(votes); }
inline void atomic_max(uint32_t* shared, uint32_t value) {
  if (value > *shared) *shared = value;
}

inline float fma(float a, float b, float c) { return std::fma(a, b, c); }
inline float square_root(float x) { return std::sqrt(x); }
inline uint32_t bits(float x) { return std::bit_cast<uint32_t>(x); }
inline float from_bits(uint32_t b) { return std::bit_cast<float>(b); }
inline int32_t to_int(float x) {
  const float nearest = std::rint(x);
  if (std::isnan(nearest)) return 0;
  if (nearest >= 0x1p31f) return INT32_MAX;
  return nearest < -0x1p31f ? INT32_MIN : static_cast<int32_t>(nearest);
}
inline int32_t dot4(uint32_t a, uint32_t b, int32_t c) {
  for (int i = 0; i < 32; i += 8) c += static_cast<int8_t>(a >> i) * static_cast<int8_t>(b >> i);
  return c;
}

// Others run before every look at what another block writes, so that looks are
// rare enough and come at any time.

inline void store_packet(uint64_t* to, uint64_t packet) { *to = packet; }
inline uint64_t load_packet(const uint64_t* from) {
  emulate::yield();
  return *from;
}
inline uint32_t load_flag(const uint32_t* from) { return *from; }
inline void store_flag(uint32_t* to, uint32_t flag) { *to = flag; }
inline void store_peer_packet(uint64_t* own, int peer, uint64_t packet) {
  *static_cast<uint64_t*>(emulate::in_peer(own, peer)) = packet;
}
inline uint64_t load_own_packet(const uint64_t* own) { return load_packet(own); }

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_EMULATE_DEVICE_HOST_H_
