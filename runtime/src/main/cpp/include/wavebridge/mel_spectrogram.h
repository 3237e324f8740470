#ifndef WAVEBRIDGE_MEL_SPECTROGRAM_H_
#define WAVEBRIDGE_MEL_SPECTROGRAM_H_

#include "wavebridge/packed_matrix.h"

namespace wavebridge {

/// Most points of a Fourier transform.
inline constexpr int64_t kMostTransformPoints = 65536;
/// Frames that a kernel takes at once, one a lane.
inline constexpr int kFramesTogether = kLanes;

/// How frames become features (docs/operators.md, MelSpectrogram).
struct MelSpectrogram {
  int32_t points;          ///< of the transform, 1..kMostTransformPoints
  int64_t hop;             ///< at least 1
  const float* window;     ///< [points]
  const float* twiddles;   ///< [points, 2]: cosine and sine of 2 pi n / points
  PackedMatrix filters;    ///< [M, points / 2 + 1]
  const float* no_bias;    ///< [M] of +0
  float floor;             ///< positive and normal
  float factor, shift;     ///< finite
  float minimum, maximum;  ///< not NaN
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_MEL_SPECTROGRAM_H_
