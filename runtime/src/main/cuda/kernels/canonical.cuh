#ifndef WAVEBRIDGE_CUDA_CANONICAL_CUH_
#define WAVEBRIDGE_CUDA_CANONICAL_CUH_

#include "kernels/device.cuh"

// The functions of docs/numerics.md. Nothing contracts a product and a sum
// here: the kernels are compiled with -fmad=false, and fma is written where it
// is meant.

namespace wavebridge::cuda {

WB_DEVICE float exp_of(float x) {
  x = x < -87.0f ? -87.0f : x > 88.0f ? 88.0f : x;
  const float n = fma(x, 0x1.715476p+0f, 12582912.0f) - 12582912.0f;
  float r = fma(n, -0x1.62e4p-1f, x);
  r = fma(n, -0x1.7f7d1cp-20f, r);
  float p = 0x1.6a242ap-10f;
  p = fma(p, r, 0x1.1239e4p-7f);
  p = fma(p, r, 0x1.5558f2p-5f);
  p = fma(p, r, 0x1.555492p-3f);
  p = fma(p, r, 0x1.fffffcp-2f);
  p = fma(p, r, 1.0f);
  p = fma(p, r, 1.0f);
  return from_bits(bits(p) + (static_cast<uint32_t>(to_int(n)) << 23));
}

WB_DEVICE float sigmoid_of(float x) { return 1.0f / (1.0f + exp_of(-x)); }

WB_DEVICE float tanh_of(float x) {
  const float a = from_bits(bits(x) & 0x7fffffffu), z = x * x;
  float p = -0.005716780200600624f;
  p = fma(p, z, 0.020650357007980347f);
  p = fma(p, z, -0.053743429481983185f);
  p = fma(p, z, 0.13331490755081177f);
  p = fma(p, z, -0.3333328366279602f);
  const float small = fma(p * z, x, x);
  const float large = 1.0f - 2.0f / (exp_of(a + a) + 1.0f);
  return a < 0.625f ? small : from_bits((bits(large) & 0x7fffffffu) | (bits(x) & 0x80000000u));
}

/// Of positive normal numbers.
WB_DEVICE float log_of(float x) {
  const int32_t i = static_cast<int32_t>(bits(x) - 0x3f3504f3u);
  const float k = static_cast<float>(i >> 23);
  const float f = from_bits((static_cast<uint32_t>(i) & 0x7fffffu) + 0x3f3504f3u) - 1.0f;
  float p = -0.0762314423918724f;
  p = fma(p, f, 0.12905766069889069f);
  p = fma(p, f, -0.1324307918548584f);
  p = fma(p, f, 0.14181599020957947f);
  p = fma(p, f, -0.16609039902687073f);
  p = fma(p, f, 0.20001986622810364f);
  p = fma(p, f, -0.25001585483551025f);
  p = fma(p, f, 0.33333325386047363f);
  p = fma(p, f, -0.49999988079071045f);
  float y = (f * f) * p;
  y = fma(k, 0x1.7f7d1cp-20f, y);
  y = y + f;
  return fma(k, 0x1.62e4p-1f, y);
}

/// The new state of a GRU from the sums of its three gates: r, z, n.
WB_DEVICE float gru_of(const float (&input)[3], const float (&recurrent)[3], float state) {
  const float r = sigmoid_of(input[0] + recurrent[0]);
  const float z = sigmoid_of(input[1] + recurrent[1]);
  const float n = tanh_of(fma(r, recurrent[2], input[2]));
  return fma(z, state - n, n);
}

WB_DEVICE float relu_of(float x) { return x > 0.0f ? x : 0.0f; }

/// The value that a class stands for.
WB_DEVICE float class_value(int index, int classes) {
  return static_cast<float>(2 * index) / static_cast<float>(classes - 1) - 1.0f;
}

/// The unsigned 16-bit sample of an audio value; a NaN counts as 0.
WB_DEVICE int sample_of(float audio) {
  const float scaled = (audio + 1.0f) * 32768.0f;
  return scaled > 65535.0f ? 65535 : scaled > 0.0f ? to_int(scaled) : 0;
}

/// `x` times `factor` as an integer of at most `largest`; the low bits of what is no number are 0.
WB_DEVICE int quantise(float x, float factor, float largest) {
  const float scaled = x * factor;
  return to_int(scaled > largest ? largest : scaled < -largest ? -largest : scaled);
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_CANONICAL_CUH_
