#ifndef WAVEBRIDGE_CUDA_HEADS_MIXTURE_CUH_
#define WAVEBRIDGE_CUDA_HEADS_MIXTURE_CUH_

#include "kernels/heads/draw_layout.cuh"

// Drawing from a mixture of logistics (docs/numerics.md) by one warp. All its lanes call, and all
// get the result.

namespace wavebridge::cuda {

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

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_HEADS_MIXTURE_CUH_
