#ifndef WAVEBRIDGE_CUDA_HEADS_CATEGORICAL_CUH_
#define WAVEBRIDGE_CUDA_HEADS_CATEGORICAL_CUH_

#include "kernels/heads/draw_layout.cuh"

// Drawing a class (docs/numerics.md) by one warp. All its lanes call, and all get the
// result.

namespace wavebridge::cuda {

/// `floor(uniform * 2^24)`: NaN and what is below 0 count as 0, what is not
/// below 1 as the largest fraction.
WB_DEVICE uint64_t fraction(float uniform) {
  if (!(uniform > 0.0f)) return 0;
  if (uniform >= 1.0f) return 0xffffff;
  return static_cast<uint64_t>(static_cast<uint32_t>(uniform * 0x1p24f));
}

/// Draws a class; `logits`, in shared memory, are overwritten.
WB_DEVICE_CALL int draw_class(float* logits, DrawLayout layout, float temperature, float uniform) {
  const int lane = thread_index() % kWarp;
  const int first = lane << layout.shift, last = first + (1 << layout.shift);
  const int count = (last < layout.classes ? last : layout.classes) - first;
  float* own = logits + first + lane;
  float top = -from_bits(0x7f800000u);
  for (int i = 0; i < count; i++) {
    const float scaled = own[i] / temperature;
    own[i] = scaled;
    if (scaled > top) top = scaled;
  }
  for (int mask = 1; mask < kWarp; mask *= 2) {
    const float other = shuffle_xor(top, mask);
    if (other > top) top = other;
  }
  uint64_t sum = 0;
  for (int i = 0; i < count; i++) {
    const uint32_t share = static_cast<uint32_t>(to_int(exp_of(own[i] - top) * 0x1p24f));
    own[i] = from_bits(share);
    sum += share;
  }
  uint64_t cumulated = sum;
  for (int distance = 1; distance < kWarp; distance *= 2) {
    const uint64_t before = shuffle_up(cumulated, distance);
    if (lane >= distance) cumulated += before;
  }
  const uint64_t total = shuffle(cumulated, kWarp - 1);
  const uint64_t threshold = (fraction(uniform) * total) >> 24;
  const uint32_t votes = ballot(cumulated > threshold);
  if (votes == 0) return 0;
  int drawn = first;
  uint64_t passed = cumulated - sum;
  for (int i = 0; i < count; i++) {
    passed += bits(own[i]);
    if (passed > threshold) {
      drawn = first + i;
      break;
    }
  }
  return shuffle(drawn, first_lane(votes));
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_HEADS_CATEGORICAL_CUH_
