#ifndef WAVEBRIDGE_KERNELS_H_
#define WAVEBRIDGE_KERNELS_H_

#include "wavebridge/decoding.h"
#include "wavebridge/dual_softmax.h"
#include "wavebridge/embedding_gru.h"
#include "wavebridge/frames.h"
#include "wavebridge/lpcnet.h"
#include "wavebridge/mel_spectrogram.h"
#include "wavebridge/multi_band_gru.h"
#include "wavebridge/packed_matrix.h"
#include "wavebridge/residual_gru.h"
#include "wavebridge/sequence.h"

namespace wavebridge {

/// The network kernels for one way of keeping weights.
template <typename Matrix>
struct NetworkKernels {
  SequenceKernels<DualSoftmaxNetworkOf<Matrix>> dual_softmax;
  SequenceKernels<ResidualGruNetworkOf<Matrix>> residual_gru;
  SequenceKernels<MultiBandGruNetworkOf<Matrix>> multi_band_gru;
  SequenceKernels<LpcNetNetworkOf<Matrix>> lpcnet;
  SequenceKernels<EmbeddingGruNetworkOf<Matrix>> embedding_gru;
};

/// Loops that a level's products could at best be as fast as. Each returns how much it did: bytes
/// read, or multiply-adds. `memory` is aligned to 64 bytes and holds numbers that stay finite;
/// `result` is what keeps the loop from being optimised away.
struct Limits {
  /// Reads `floats` floats.
  int64_t (*read)(const float* memory, int64_t floats, float* result) noexcept;
  /// Independent f32 multiply-adds in registers; reads 64 floats.
  int64_t (*multiply_adds)(const float* memory, int64_t passes, float* result) noexcept;
  /// int8 products of several rows with weights in the first cache; reads `kLimitFloats`.
  int64_t (*int8_multiply_adds)(const float* memory, int64_t passes, float* result) noexcept;
};
inline constexpr int64_t kLimitFloats = 1024;

/// The kernels of one instruction-set level. All levels compute the same bits (docs/numerics.md),
/// and each row the bits that it gives alone.
///
/// No function here checks its arguments: the operators have (ort/). None allocates, throws, or
/// keeps anything between calls, so any number of threads may call them, each with its own rows and
/// scratch. Non-finite numbers give non-finite or arbitrary numbers, never undefined behaviour.
struct Kernels {
  const char* level;

  NetworkKernels<PackedMatrix> f32;
  NetworkKernels<PackedInt8Matrix> int8;
  Limits limits;

  /// Canonical `y[n][r] = dot(W[r], x[n]) + bias[r]`; `x [batch, inputs]`, `bias [rows]`,
  /// `y [batch, rows]`, unaligned, y apart from x.
  void (*affine)(const PackedMatrix& weight, const float* x, const float* bias, float* y,
                 int32_t batch) noexcept;
  /// The int8 product of the same, with a bounded input or one that has its own maximum; for tests.
  void (*affine_int8)(const PackedInt8Matrix& weight, const float* x, bool bounded,
                      const float* bias, float* y, int32_t batch, void* scratch) noexcept;
  size_t (*affine_int8_scratch)(const PackedInt8Matrix& weight, int32_t batch) noexcept;

  /// Vectors `first`.. of an upsampled sequence, `count` of them: `x [P, channels]`,
  /// `y [count, channels]`, apart from x.
  void (*upsample_frames)(const FrameUpsampling& upsampling, const float* x, int64_t channels,
                          int64_t first, int64_t count, float* y) noexcept;
  /// The same of a stretched one: `x [frames, channels]`, at least one frame.
  void (*interpolate_frames)(const FrameInterpolation& interpolation, const float* x,
                             int64_t frames, int64_t channels, int64_t first, int64_t count,
                             float* y) noexcept;

  /// The states `[frames, H]` of a GRU that begins with zeros, apart from what it reads:
  /// `recurrent [3H, H]`, `gates [frames, 3H]`; `scratch [4H]`.
  void (*gru_frames)(const AffineLayer& recurrent, const float* gates, int64_t frames,
                     float* states, float* scratch) noexcept;

  /// Merges the bands of a sequence: `values [steps, 2^levels]`, `waveform` as many, `state
  /// [2 (2^levels - 1) sections]` read, and left for the next call.
  void (*band_merge)(const QuadratureMirrorTree& tree, const float* values, int64_t steps,
                     float* state, float* waveform) noexcept;

  /// The amplitudes of a sequence's values, as many; `last [kDoubleParts]` is the amplitude before
  /// them, and that of the last one afterwards.
  void (*decode_values)(const Decoding& decoding, const float* values, int64_t samples, float* last,
                        float* waveform) noexcept;
  /// The random numbers `[samples, draws]` of a seed's row 0, from a sample on.
  void (*philox_uniforms)(uint64_t seed, uint64_t first, int64_t samples, int64_t draws,
                          float* uniforms) noexcept;

  /// Features `[frames, M]` of 1..kFramesTogether frames, the first of which begins with the first
  /// sample of `waveform`.
  void (*mel_spectrogram)(const MelSpectrogram& analysis, const float* waveform, int32_t frames,
                          float* features, void* scratch) noexcept;
  size_t (*mel_spectrogram_scratch)(const MelSpectrogram& analysis) noexcept;

  /// The coefficients `[frames, 16]` of `log_energies [frames, B]`.
  void (*linear_prediction)(const LinearPrediction& prediction, const float* log_energies,
                            int64_t frames, float* coefficients) noexcept;

  /// The coefficients `[frames, 16]` of `reflections [frames, 16]`.
  void (*reflection_prediction)(float gamma, const float* reflections, int64_t frames,
                                float* coefficients) noexcept;

  /// Draws a sample, for tests: `logits [outputs]` may be overwritten, `uniforms [head.draws()]`,
  /// `weights [outputs]` is scratch, outputs in 1..32767.
  float (*draw)(const Head& head, float* logits, int32_t outputs, float temperature,
                const float* uniforms, int32_t* weights) noexcept;

  /// `y[i] = f(x[i])`, i in 0..count; all but tanh for tests.
  void (*exp)(const float* x, float* y, int32_t count) noexcept;
  void (*sigmoid)(const float* x, float* y, int32_t count) noexcept;
  void (*tanh)(const float* x, float* y, int32_t count) noexcept;
  void (*log)(const float* x, float* y, int32_t count) noexcept;
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_KERNELS_H_
