#ifndef WAVEBRIDGE_DUAL_SOFTMAX_H_
#define WAVEBRIDGE_DUAL_SOFTMAX_H_

#include "wavebridge/packed_int8.h"
#include "wavebridge/packed_matrix.h"

namespace wavebridge {

/// Classes of each of the two distributions.
inline constexpr int kDualClasses = 256;

/// The dual-softmax step network: H hidden (even), E conditioning values a frame. Gates r, z, n;
/// coarse half first. `Matrix` is how it keeps the weights that every sample reads.
template <typename Matrix>
struct DualSoftmaxNetworkOf {
  int32_t hidden;
  int32_t conditioning_size;
  const float* coarse_weights;    ///< [3H] for c_{t-1}
  const float* fine_weights;      ///< [3H] for f_{t-1}
  const float* new_weights;       ///< [3H] for c_t; the coarse half of each gate is not read
  AffineLayer conditioning;       ///< [3H, E]
  LayerOf<Matrix> recurrent;      ///< [3H, H]
  LayerOf<Matrix> coarse_hidden;  ///< [D, H/2]
  LayerOf<Matrix> coarse_output;  ///< [256, D]
  LayerOf<Matrix> fine_hidden;    ///< [D', H/2]
  LayerOf<Matrix> fine_output;    ///< [256, D']
};
using DualSoftmaxNetwork = DualSoftmaxNetworkOf<PackedMatrix>;
using DualSoftmaxInt8Network = DualSoftmaxNetworkOf<PackedInt8Matrix>;

/// N sequences of T samples, which run in step. Pointers need no alignment and do not overlap.
struct DualSoftmaxRows {
  int32_t rows;               ///< N, 1..kMostRowsInStep
  int64_t samples;            ///< T; at most frames * samples_per_frame - begun
  int64_t frames;             ///< F
  int64_t samples_per_frame;  ///< positive
  int64_t begun;              ///< samples of the first frame that are made, fewer than all
  float temperature;          ///< positive and finite; generate only
  const float* conditioning;  ///< [N, F, E]
  const float* uniforms;      ///< [N, T, 2]; generate only
  const float* given;         ///< [N, T]; score only
  float* audio;               ///< [N, T]; generate only
  float* logits;              ///< [N, T, 2, 256]; score only
  float* previous;            ///< [N, 2] values of c and f; read, and left for the next call
  float* state;               ///< [N, H]; read, and left for the next call
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_DUAL_SOFTMAX_H_
