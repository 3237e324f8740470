#ifndef WAVEBRIDGE_PACKED_MATRIX_H_
#define WAVEBRIDGE_PACKED_MATRIX_H_

#include <stddef.h>
#include <stdint.h>

namespace wavebridge {

/// Output rows that one panel holds, and lanes that a kernel works on at once.
inline constexpr int kLanes = 16;
/// Partial sums of a canonical dot product (docs/numerics.md).
inline constexpr int kPartialSums = 4;
/// Floats of one packed step: one weight per partial sum and lane.
inline constexpr int kStepFloats = kPartialSums * kLanes;

/// How far a kernel looks ahead in the weights; as many floats follow the last one.
inline constexpr int kAheadFloats = 512;
/// Rows of a batch that a kernel takes through the samples in step, at most, so that they share
/// each pass over the weights. More would not fit the caches beside the weights.
inline constexpr int kMostRowsInStep = 16;

/// Sixteen output rows of a matrix. Its weights are `runs + groups` steps of `kStepFloats` floats,
/// step by step, and within a step partial sum by partial sum: `weights[(step * 4 + j) * 16 +
/// lane]` multiplies an input column `c` with `c mod 4 == j`. Columns ascend within each partial
/// sum, so walking the steps in order is the canonical order.
struct Panel {
  size_t first_weight;  ///< index into PackedMatrix::weights
  size_t first_run;     ///< index into PackedMatrix::run_columns
  size_t first_group;   ///< index into PackedMatrix::group_columns, in units of four columns
  int32_t runs;         ///< steps over four neighbouring columns, or over quads; they come first
  int32_t groups;       ///< steps over four columns named one by one
};

/// Rows of a sparse matrix share few columns, so each has quads of its own: four neighbouring
/// columns, the first a multiple of 4, ascending. A step takes one quad of each of a panel's rows:
/// `weights[(step * 4 + q) * 16 + 4 * i + j]` is that of lane `4 * i + q` for column `j` of the
/// quad that begins at `quad_columns[step * 16 + 4 * q + i]`; partial sum j takes column j of every
/// quad. Rows are in order of how many quads they have, so that those of a panel have about as
/// many.

/// A weight matrix `W [rows, inputs]` in the layout that the kernels read; plain pointers into a
/// PackedWeight.
///
/// Rows beyond `rows` in the last panel, and places without a weight, hold +0; the column named for
/// such a place is one that exists. So no kernel reads outside `x[0..inputs)`.
struct PackedMatrix {
  int32_t rows;
  int32_t inputs;
  int32_t panel_count;
  const Panel* panels;
  const int32_t* run_columns;    ///< first column of each run; a multiple of 4
  const int32_t* group_columns;  ///< four columns for each group, the j-th congruent to j modulo 4
  const int32_t* quad_columns;   ///< first column of sixteen quads for each step
  const int32_t* outputs;        ///< row of each lane [rows], or null: lane after lane in order
  const float* weights;          ///< aligned to 64 bytes
  size_t weight_count;           ///< floats of all steps
};

/// `y = W x + bias`; `bias [rows]`.
template <typename Matrix>
struct LayerOf {
  Matrix weight;
  const float* bias;
};
using AffineLayer = LayerOf<PackedMatrix>;

}  // namespace wavebridge

#endif  // WAVEBRIDGE_PACKED_MATRIX_H_
