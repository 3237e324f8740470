#ifndef WAVEBRIDGE_KERNELS_H_
#define WAVEBRIDGE_KERNELS_H_

#include "wavebridge/dual_softmax.h"
#include "wavebridge/packed_matrix.h"
#include "wavebridge/residual_gru.h"

namespace wavebridge {

/// The kernels of one instruction-set level. All levels compute the same bits (docs/numerics.md).
///
/// No function here checks its arguments: the operators have (ort/). None allocates, throws, or
/// keeps anything between calls, so any number of threads may call them, each with its own row and
/// scratch. Non-finite numbers give non-finite or arbitrary numbers, never undefined behaviour.
struct Kernels {
  const char* level;

  /// Canonical `y[r] = dot(W[r], x) + bias[r]`; `x [inputs]`, `bias [rows]`, `y [rows]`, unaligned,
  /// y apart from x.
  void (*affine)(const PackedMatrix& weight, const float* x, const float* bias, float* y) noexcept;

  /// Generates T samples. Scratch: `dual_softmax_scratch` floats.
  void (*dual_softmax_generate)(const DualSoftmaxNetwork& network, const DualSoftmaxRow& row,
                                float* scratch) noexcept;
  /// Logits of T given samples. Scratch: `dual_softmax_scratch` floats.
  void (*dual_softmax_score)(const DualSoftmaxNetwork& network, const DualSoftmaxRow& row,
                             float* scratch) noexcept;

  /// Generates T samples. Scratch: `residual_gru_scratch` floats, `residual_gru_integer_scratch`
  /// integers.
  void (*residual_gru_generate)(const ResidualGruNetwork& network, const ResidualGruRow& row,
                                float* scratch, int32_t* integers) noexcept;
  /// Logits of T given samples. Scratch: `residual_gru_scratch` floats.
  void (*residual_gru_score)(const ResidualGruNetwork& network, const ResidualGruRow& row,
                             float* scratch) noexcept;

  /// Draws a class: `logits [classes]` are overwritten, `weights [classes]` is scratch, classes
  /// in 1..32767. A uniform that is NaN or below 0 counts as 0, one of 1 or more as the largest
  /// 24-bit fraction.
  int32_t (*draw_class)(float* logits, int32_t classes, float temperature, float uniform,
                        int32_t* weights) noexcept;
  /// Draws from a mixture of logistics: `logits [3 * mixtures]`, `uniforms [mixtures + 1]`.
  float (*draw_mixture)(const float* logits, int32_t mixtures, float temperature,
                        const float* uniforms) noexcept;

  /// `y[i] = f(x[i])`, i in 0..count, for tests.
  void (*exp)(const float* x, float* y, int32_t count) noexcept;
  void (*sigmoid)(const float* x, float* y, int32_t count) noexcept;
  void (*tanh)(const float* x, float* y, int32_t count) noexcept;
  void (*log)(const float* x, float* y, int32_t count) noexcept;
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_KERNELS_H_
