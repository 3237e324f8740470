#ifndef WAVEBRIDGE_FRAMES_H_
#define WAVEBRIDGE_FRAMES_H_

#include <stdint.h>

namespace wavebridge {

/// Repeats the vectors of a sequence and smooths the repeats (docs/numerics.md).
struct FrameUpsampling {
  int64_t factor;       ///< repeats, at least 1
  int64_t cut;          ///< vectors left out at each end of the result
  const float* phases;  ///< [factor, 3]: what the vector before, its own and the next count
  float bias;
};

/// Stretches a sequence linearly from end to end (docs/numerics.md).
struct FrameInterpolation {
  int64_t hop;  ///< samples of a frame, at least 1
  int64_t cut;  ///< samples left out at each end of the result
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_FRAMES_H_
