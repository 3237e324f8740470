#ifndef WAVEBRIDGE_PACKED_INT8_H_
#define WAVEBRIDGE_PACKED_INT8_H_

#include "wavebridge/packed_matrix.h"

namespace wavebridge {

/// Columns that one packed step of an int8 matrix covers.
inline constexpr int kStepColumns = 4;
/// Bytes of one packed step: four columns of sixteen rows.
inline constexpr int kStepBytes = kStepColumns * kLanes;
/// Steps that a kernel takes at once; every count of steps is a multiple of it.
inline constexpr int kStepsTogether = 4;
/// Neighbouring panels whose listed columns are gathered together.
inline constexpr int kGroupPanels = 4;
/// Listed columns of one chunk, and those of each panel among them.
inline constexpr int kChunkColumns = 64;
inline constexpr int kPanelColumns = kChunkColumns / kGroupPanels;
/// Activations among which a permutation chooses at once.
inline constexpr int kTableColumns = 128;
/// Activations among which the quads of a row are chosen at once.
inline constexpr int kQuadTableColumns = 256;
/// Activations that must be readable behind the last one of an input vector: what a step or a table
/// may touch, always multiplied by weights of zero or masked out.
inline constexpr int kInputPadding = kQuadTableColumns;

/// The largest activation of 8 or 12 bits.
inline constexpr int32_t largest_activation(int32_t bits) { return (1 << (bits - 1)) - 1; }
/// An activation of 12 bits may be kept in two parts, each of which is a byte: 64 times the first
/// and the second.
inline constexpr int kPartBits = 6;

/// How far a kernel looks ahead in the weights; as many bytes follow the last one.
inline constexpr int kAheadBytes = 1024;

/// Neighbouring columns, four a step.
struct Int8Run {
  int32_t column;
  int32_t steps;
};

/// Columns named one by one, gathered before they are multiplied: sixteen of each panel of a group.
/// As every panel's columns ascend, those of a chunk lie in few tables.
struct Int8Chunk {
  int32_t first_table;  ///< the columns lie in tables of 128 from this one on
  int32_t tables;
  size_t first_mask;  ///< index into Int8ColumnPanels::masks
};

/// Four panels, fewer at the end. Panels are ordered by their number of listed columns: loops that
/// end where the last one did are worth much to a CPU that guesses.
struct Int8Group {
  size_t first_chunk;  ///< index into Int8ColumnPanels::chunks
  int32_t chunks;      ///< as many as its panel with the most listed columns needs
};

/// A panel of columns: sixteen output rows that follow each other. Its steps follow each other,
/// too:
///
///   first_weight   listed_steps   four listed columns a step, gathered by the panel's group
///                  quads          four neighbouring columns a step, each quad named
///                  runs           of each run its `steps`, four neighbouring columns each
///
///   step   lane 0: w w w w | lane 1: w w w w | ... | lane 15: w w w w      columns 0..3 of the
///   step
///
/// Listed column `i` is number `16 p + i mod 16` of its group's chunk `i / 16`, in panel p of the
/// group. Sums are exact, so the order of columns is free.
struct Int8ColumnPanel {
  int32_t output;        ///< the first of the rows
  size_t first_weight;   ///< index into PackedInt8Matrix::weights
  size_t first_quad;     ///< index into Int8ColumnPanels::quads
  size_t first_run;      ///< index into Int8ColumnPanels::runs
  int32_t listed_steps;  ///< steps over listed columns, four columns each; behind them lie steps of
                         ///< zeros up to a multiple of `kStepsTogether`
  int32_t quads;         ///< steps over four neighbouring columns
  int32_t runs;          ///< long stretches of such steps
};
struct Int8ColumnPanels {
  const Int8ColumnPanel* panels;
  const Int8Group* groups;
  const Int8Chunk* chunks;
  const int32_t* listed;  ///< 64 columns for each chunk
  const uint8_t* places;  ///< 64 for each chunk: the column modulo 128
  const uint64_t* masks;  ///< for each chunk and table: which of the 64 lie in that table
  const int32_t* quads;   ///< first column of each quad
  const Int8Run* runs;
};

/// Steps over quads of each row's own that lie in one table of 256 columns.
struct Int8Stretch {
  int32_t table;
  int32_t steps;
};

/// A panel of quads, as in PackedMatrix and in the same order of rows. A step takes one quad of
/// each of the panel's rows, all from the table of its stretch.
///
///   stretch 0   step   lane 0: w w w w | lane 1: w w w w | ... | lane 15: w w w w
///               step   ...
///   stretch 1   step   ...
///
///   `weights[first_weight + step * 64 + lane * 4 + j]` is for column j of the quad that is number
///   `places[first_weight / 4 + step * 16 + lane]` of the table.
struct Int8QuadPanel {
  size_t first_weight;   ///< index into PackedInt8Matrix::weights
  size_t first_stretch;  ///< index into Int8QuadPanels::stretches
  int32_t stretches;
};
struct Int8QuadPanels {
  const Int8QuadPanel* panels;
  const Int8Stretch* stretches;
  const uint8_t* places;   ///< sixteen quads for each step
  const int32_t* outputs;  ///< [rows]: row of each lane
};

/// A panel of quads that R neighbouring rows share, 4 or 8. A step takes a quad for each R lanes.
///
///   step   lane 0: w w w w | lane 1: w w w w | ... | lane 15: w w w w
///   R = 4  quad 0: lanes 0..3    quad 1: 4..7    quad 2: 8..11    quad 3: 12..15
///   R = 8  quad 0: lanes 0..7                    quad 1: 8..15
///
///   `weights[first_weight + step * 64 + lane * 4 + j]` is for column `4 * q + j`, where q is
///   `quads[(first_weight / 4 + step * 16 + lane) / R]`.
struct Int8SharedPanel {
  size_t first_weight;  ///< index into PackedInt8Matrix::weights
  int32_t steps;
};
struct Int8SharedPanels {
  const Int8SharedPanel* panels;
  const uint16_t* quads;   ///< 16 / R for each step: the first column of each, divided by 4
  const int32_t* outputs;  ///< [rows]: row of each lane
};

/// A quantised weight matrix `W [rows, inputs]` in the layout that the kernels read; plain pointers
/// into a PackedInt8Weight. Places without a weight hold 0.
struct PackedInt8Matrix {
  int32_t rows;
  int32_t inputs;
  int32_t panel_count;
  int32_t activation_bits;  ///< 8 or 12: of the vectors that it is multiplied with
  PanelLayout layout;       ///< which of the next three there is
  Int8ColumnPanels columns;
  Int8QuadPanels quads;
  Int8SharedPanels shared;
  const int8_t* weights;       ///< aligned to 64 bytes
  size_t weight_count;         ///< bytes of all steps
  const float* scales;         ///< [16 * panel_count], in the order of the lanes
  const int32_t* corrections;  ///< the same: -128 times the sum of a row's weights
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_PACKED_INT8_H_
