#ifndef WAVEBRIDGE_CUDA_HEADS_HEAD_CUH_
#define WAVEBRIDGE_CUDA_HEADS_HEAD_CUH_

#include "kernels/heads/categorical.cuh"
#include "wavebridge/head.h"

// Drawing a sample from whatever head a network has (docs/numerics.md) by one warp. All its lanes
// call, and all get the result.

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

/// A value drawn from `logits`, which those of classes do not survive.
WB_DEVICE float draw(const Head& head, float* logits, DrawLayout layout, float temperature,
                     const float* uniforms) {
  switch (head.kind) {
    case HeadKind::kMixture:
      return draw_mixture(logits, layout, head.parts, temperature, uniforms);
    case HeadKind::kGaussian:
      return draw_gaussian(logits, layout, temperature, uniforms[0]);
    case HeadKind::kClasses:
      break;
  }
  const int drawn = draw_class(logits, layout, temperature, uniforms[0]);
  return head.class_values != nullptr ? head.class_values[drawn]
                                      : class_value(drawn, layout.classes);
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_HEADS_HEAD_CUH_
