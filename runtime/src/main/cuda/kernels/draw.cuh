#ifndef WAVEBRIDGE_CUDA_DRAW_CUH_
#define WAVEBRIDGE_CUDA_DRAW_CUH_

#include "kernels/canonical.cuh"

// Drawing from a distribution (docs/numerics.md) by one warp. All its lanes
// call, and all get the result.

namespace wavebridge::cuda {

/// Each lane takes `1 << shift` neighbouring classes, and between lanes lies an
/// empty place, so that lanes read different banks.
struct DrawLayout {
  int classes;
  int shift;

  WB_DEVICE int place(int index) const { return index + (index >> shift); }
};

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

WB_DEVICE float clamped_uniform(float u) {
  return !(u > 1e-5f) ? 1e-5f : u > 0.99999f ? 0.99999f : u;
}

/// Draws from a mixture of logistics: `logits [3 * mixtures]`, one behind the
/// other; `uniforms [mixtures + 1]`.
WB_DEVICE_CALL float draw_mixture(const float* logits, DrawLayout layout, int mixtures,
                                  float temperature, const float* uniforms) {
  float best = -from_bits(0x7f800000u);
  int chosen = 0;
  for (int i = thread_index() % kWarp; i < mixtures; i += kWarp) {
    const float noise = log_of(-log_of(clamped_uniform(uniforms[i])));
    const float score = logits[layout.place(i)] / temperature - noise;
    if (score > best) {
      best = score;
      chosen = i;
    }
  }
  // The first of the largest; a lane without any has index 0 and no score.
  for (int mask = 1; mask < kWarp; mask *= 2) {
    const float other = shuffle_xor(best, mask);
    const int index = shuffle_xor(chosen, mask);
    if (other > best || (other == best && index < chosen)) {
      best = other;
      chosen = index;
    }
  }
  const float u = clamped_uniform(uniforms[mixtures]);
  const float quantile = log_of(u) - log_of(1.0f - u);
  const float log_scale = logits[layout.place(2 * mixtures + chosen)];
  const float scale =
      exp_of(log_scale > -32.23619079589844f ? log_scale : -32.23619079589844f) * temperature;
  const float x = fma(scale, quantile, logits[layout.place(mixtures + chosen)]);
  return x < -1.0f ? -1.0f : x > 1.0f ? 1.0f : x;
}

/// Draws from a normal distribution: `logits [2]`, mean and log of the
/// deviation.
WB_DEVICE_CALL float draw_gaussian(const float* logits, DrawLayout layout, float temperature,
                                   float uniform) {
  const float low = 0x1p-24f, high = 0x1.fffffep-1f;
  const float u = !(uniform > low) ? low : uniform > high ? high : uniform;
  const float product = u * (1.0f - u);
  const float w = 0.0f - log_of(4.0f * product);
  const float v = square_root(w > 0.0f ? w : 0.0f) - 2.0f;
  float p = -2.5086617e-6f;
  p = fma(p, v, 3.1567617e-6f);
  p = fma(p, v, 5.268026e-5f);
  p = fma(p, v, -5.6010333e-5f);
  p = fma(p, v, -4.7583718e-4f);
  p = fma(p, v, 5.0131866e-4f);
  p = fma(p, v, 2.5071176e-3f);
  p = fma(p, v, -3.232679e-3f);
  p = fma(p, v, -8.633817e-3f);
  p = fma(p, v, 1.7271534e-2f);
  p = fma(p, v, 1.8626025e-2f);
  p = fma(p, v, -1.0021941e-1f);
  p = fma(p, v, 1.5961002e-1f);
  p = fma(p, v, 1.2917761f);
  p = fma(p, v, 2.6287088f);
  const float centred = (u + u) - 1.0f;
  const float quantile = centred * p;
  const float log_deviation = logits[layout.place(1)];
  const float deviation = exp_of(log_deviation > -7.0f ? log_deviation : -7.0f) * temperature;
  const float x = fma(deviation, quantile, logits[layout.place(0)]);
  return x < -1.0f ? -1.0f : x > 1.0f ? 1.0f : x;
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_DRAW_CUH_
