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

/// Which of four layouts a matrix has. Each holds sixteen output rows in a panel, whose weights
/// are steps of `kStepFloats` floats.
enum class PanelLayout : int32_t {
  kColumns,       ///< the rows of a panel share their columns
  kRowQuads,      ///< each row has quads of columns of its own; for rows that share few columns
  kSharedQuads,   ///< four neighbouring rows share quads of columns; for blocks of 4x4
  kQuadsOfEight,  ///< eight do; for int8 blocks of 8x4
};
/// Rows that share their quads in `kSharedQuads`, and neighbouring rows that a panel of either
/// layout keeps together.
inline constexpr int kSharingRows = 4;
/// How many rows share their quads, in one of the last two layouts.
inline constexpr int sharing_rows(PanelLayout layout) {
  return layout == PanelLayout::kQuadsOfEight ? 2 * kSharingRows : kSharingRows;
}

/// A panel of columns. Its steps are those of the runs, four neighbouring columns each, and then
/// those of the groups, four columns named one by one.
///
///                       lane 0   lane 1  ...  lane 15      16 rows that follow each other
///   step  partial sum 0   w        w             w         column c with c mod 4 == 0
///         partial sum 1   w        w             w         column c with c mod 4 == 1
///         partial sum 2   w        w             w         column c with c mod 4 == 2
///         partial sum 3   w        w             w         column c with c mod 4 == 3
///
///   `weights[first_weight + (step * 4 + sum) * 16 + lane]`
///
/// Columns ascend within each partial sum, so walking the steps in order is the canonical order.
struct ColumnPanel {
  size_t first_weight;  ///< index into PackedMatrix::weights
  size_t first_run;     ///< index into ColumnPanels::runs
  size_t first_group;   ///< index into ColumnPanels::groups, in units of four columns
  int32_t runs;         ///< steps over four neighbouring columns
  int32_t groups;       ///< steps over four columns named one by one
};
struct ColumnPanels {
  const ColumnPanel* panels;
  const int32_t* runs;    ///< first column of each run; a multiple of 4
  const int32_t* groups;  ///< four columns for each group, the j-th congruent to j modulo 4
};

/// A panel of quads. A quad is four neighbouring columns, the first a multiple of 4; those of a row
/// ascend. A step takes one quad of each of the panel's rows.
///
///                       16 floats: columns 0..3 of a quad of four rows each
///   step  register 0    lane 0    lane 4    lane 8    lane 12
///         register 1    lane 1    lane 5    lane 9    lane 13
///         register 2    lane 2    lane 6    lane 10   lane 14
///         register 3    lane 3    lane 7    lane 11   lane 15
///
///   `weights[first_weight + (step * 4 + q) * 16 + 4 * i + j]` is that of lane `4 * i + q` for
///   column j of the quad that begins at column `columns[first_weight / 4 + step * 16 + 4 * q +
///   i]`.
///
/// Where four neighbouring rows share their quads, a register holds four such rows, and a step
/// names a quad for each register:
///
///                       16 floats: columns 0..3 of one quad for four rows each
///   step  register 0    lane 0    lane 4    lane 8    lane 12     quad 0
///         register 1    lane 1    lane 5    lane 9    lane 13     quad 1
///         register 2    lane 2    lane 6    lane 10   lane 14     quad 2
///         register 3    lane 3    lane 7    lane 11   lane 15     quad 3
///
///   Lanes q, 4 + q, 8 + q and 12 + q follow each other in the matrix, and the quad of register q
///   begins at column `columns[first_weight / 16 + step * 4 + q]`.
///
/// Partial sum j takes column j of every quad. Rows, or groups of four, are in order of how many
/// quads they have, so that those of a panel have about as many.
struct QuadPanel {
  size_t first_weight;  ///< index into PackedMatrix::weights
  int32_t steps;
};
struct QuadPanels {
  const QuadPanel* panels;
  const int32_t* columns;  ///< first column of each quad: sixteen a step, or four
  const int32_t* outputs;  ///< [rows]: row of each lane
};

/// A weight matrix `W [rows, inputs]` in the layout that the kernels read; plain pointers into a
/// PackedWeight.
///
/// Rows beyond `rows` in the last panel, and places without a weight, hold +0; the column named for
/// such a place is one that exists. So no kernel reads outside `x[0..inputs)`.
struct PackedMatrix {
  int32_t rows;
  int32_t inputs;
  int32_t panel_count;
  PanelLayout layout;  ///< which of the next two there is
  ColumnPanels columns;
  QuadPanels quads;      ///< of either kind
  const float* weights;  ///< aligned to 64 bytes
  size_t weight_count;   ///< floats of all steps
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
