#ifndef WAVEBRIDGE_DECODING_H_
#define WAVEBRIDGE_DECODING_H_

#include <stdint.h>

namespace wavebridge {

/// Parts in which a number of double precision is handed on: its nearest float, the nearest to what
/// is left, and the rest.
inline constexpr int64_t kDoubleParts = 3;

/// How the values of a network become amplitudes (docs/numerics.md).
struct Decoding {
  int64_t levels;      ///< of the table, below 2^24; 0 where a value is its amplitude
  const float* table;  ///< [levels, kDoubleParts]: the amplitude of each level
  bool truncated;      ///< whether a value between two levels counts as the lower one
  float de_emphasis;
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_DECODING_H_
