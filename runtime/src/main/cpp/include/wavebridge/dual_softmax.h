#ifndef WAVEBRIDGE_DUAL_SOFTMAX_H_
#define WAVEBRIDGE_DUAL_SOFTMAX_H_

#include "wavebridge/packed_matrix.h"

namespace wavebridge {

/// Classes of each of the two distributions.
inline constexpr int kDualClasses = 256;

/// The dual-softmax step network: H hidden (even), E conditioning values a frame. Gates r, z, n;
/// coarse half first.
struct DualSoftmaxNetwork {
  int32_t hidden;
  int32_t conditioning_size;
  const float* coarse_weights;  ///< [3H] for c_{t-1}
  const float* fine_weights;    ///< [3H] for f_{t-1}
  const float* new_weights;     ///< [3H] for c_t; the coarse half of each gate is not read
  AffineLayer conditioning;     ///< [3H, E]
  AffineLayer recurrent;        ///< [3H, H]
  AffineLayer coarse_hidden;    ///< [D, H/2]
  AffineLayer coarse_output;    ///< [256, D]
  AffineLayer fine_hidden;      ///< [D', H/2]
  AffineLayer fine_output;      ///< [256, D']
};

/// One sequence of T samples. Pointers need no alignment and do not overlap.
struct DualSoftmaxRow {
  int64_t samples;            ///< T; at most frames * samples_per_frame
  int64_t samples_per_frame;  ///< positive
  float temperature;          ///< positive and finite; generate only
  const float* conditioning;  ///< [F, E]
  const float* uniforms;      ///< [T, 2]; generate only
  const float* given;         ///< [T]; score only
  float* audio;               ///< [T]; generate only
  float* logits;              ///< [T, 2, 256]; score only
  float* previous;            ///< [2] values of c and f; read, and left for the next call
  float* state;               ///< [H]; read, and left for the next call
};

/// Floats of scratch that one running row needs.
inline size_t dual_softmax_scratch(const DualSoftmaxNetwork& network) {
  const size_t hidden = static_cast<size_t>(network.hidden);
  const size_t coarse = static_cast<size_t>(network.coarse_hidden.weight.rows);
  const size_t fine = static_cast<size_t>(network.fine_hidden.weight.rows);
  return 6 * hidden + (coarse > fine ? coarse : fine);
}

}  // namespace wavebridge

#endif  // WAVEBRIDGE_DUAL_SOFTMAX_H_
