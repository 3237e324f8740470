#ifndef WAVEBRIDGE_MATRICES_H_
#define WAVEBRIDGE_MATRICES_H_

#include "wavebridge/packed_matrix.h"

// A network declares its matrices once, as a struct with a member function `each`, which hands them
// to a reader in the order in which its operators have them as inputs. The reader has their names
// from wavebridge/operators.inc.
//
// How a matrix is kept is a parameter, `Kept`, with four types: Weight and Layer (with a bias) of
// what only frames or a few samples read, LargeWeight and LargeLayer of what every sample reads,
// which the int8 operators have in int8.

namespace wavebridge {

/// Any number of rows.
inline constexpr int64_t kAnySize = -1;

/// How many rows or columns a reader expects.
struct Extent {
  const char* letter;  ///< for messages; empty for a mere number
  int64_t size;        ///< or kAnySize
};

/// Matrices as the kernels of the CPU read them.
template <typename Matrix>
struct Packed {
  using Weight = PackedMatrix;
  using Layer = AffineLayer;
  using LargeWeight = Matrix;
  using LargeLayer = LayerOf<Matrix>;
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_MATRICES_H_
