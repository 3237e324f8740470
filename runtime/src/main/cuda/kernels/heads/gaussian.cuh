#ifndef WAVEBRIDGE_CUDA_HEADS_GAUSSIAN_CUH_
#define WAVEBRIDGE_CUDA_HEADS_GAUSSIAN_CUH_

#include "kernels/heads/draw_layout.cuh"

// Drawing from a normal distribution (docs/numerics.md) by one warp. All its lanes call, and all
// get the result.

namespace wavebridge::cuda {

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

#endif  // WAVEBRIDGE_CUDA_HEADS_GAUSSIAN_CUH_
