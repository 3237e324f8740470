#ifndef WAVEBRIDGE_PACKED_INT8_WEIGHT_H_
#define WAVEBRIDGE_PACKED_INT8_WEIGHT_H_

#include <span>
#include <vector>

#include "wavebridge/packed_int8.h"
#include "wavebridge/packed_weight.h"

namespace wavebridge {

/// A quantised weight matrix in the layout of the kernels. Immutable; any number of threads may
/// read it.
class PackedInt8Weight {
 public:
  /// Packs a weight for which `check` found nothing.
  explicit PackedInt8Weight(const BlockSparseInt8Weight& weight);

  const PackedInt8Matrix& matrix() const { return matrix_; }

 private:
  /// Sixteen rows spread out: lanes[column * 16 + lane], four columns more than there are.
  struct SpreadRows {
    int32_t output;
    std::vector<int8_t> lanes;
    std::vector<int32_t> listed;  ///< columns
    std::vector<int32_t> quads;   ///< first columns
  };
  void pack_columns(const BlockSparseInt8Weight& weight);
  /// Packs anew what is faster in quads.
  void pack_quads(const BlockSparseInt8Weight& weight);
  void add_row_quads(const BlockSparseInt8Weight& weight, const RowQuads& rows);
  void add_shared_quads(const BlockSparseInt8Weight& weight, const RowQuads& rows);
  /// Sets the row of each lane, with its scale and correction.
  void set_outputs(const RowQuads& rows);
  /// Puts each column in use into a quad or into the list.
  static void choose_columns(const std::vector<uint8_t>& used, SpreadRows& rows);
  /// Up to four panels.
  void add_group(std::span<const SpreadRows> group);
  void add_chunk(std::span<const SpreadRows> group, size_t first_listed);
  void add_panel(const SpreadRows& rows);
  void add_runs(const SpreadRows& rows, const std::vector<Int8Run>& runs);
  /// One step; a column of -1 has weights of zero.
  void add_step(const SpreadRows& rows, const int32_t (&columns)[kStepColumns]);
  void add_quad_step(const SpreadRows& rows, int32_t column);

  std::vector<Int8ColumnPanel> column_panels_;
  std::vector<Int8Group> groups_;
  std::vector<Int8Chunk> chunks_;
  std::vector<int32_t> listed_;
  std::vector<uint8_t> places_;
  std::vector<uint64_t> masks_;
  std::vector<int32_t> quads_;
  std::vector<Int8Run> runs_;
  std::vector<Int8QuadPanel> quad_panels_;
  std::vector<Int8Stretch> stretches_;
  std::vector<uint8_t> quad_places_;
  std::vector<Int8SharedPanel> shared_panels_;
  std::vector<uint16_t> shared_quads_;
  std::vector<int32_t> outputs_;
  std::vector<int8_t> collected_;
  std::vector<float> scales_;
  std::vector<int32_t> corrections_;
  AlignedArray<int8_t> weights_;
  PackedInt8Matrix matrix_{};
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_PACKED_INT8_WEIGHT_H_
