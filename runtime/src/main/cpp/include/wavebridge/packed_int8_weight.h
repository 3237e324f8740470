#ifndef WAVEBRIDGE_PACKED_INT8_WEIGHT_H_
#define WAVEBRIDGE_PACKED_INT8_WEIGHT_H_

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
  void add_panel(const std::vector<int8_t>& lanes, const std::vector<uint8_t>& used);
  /// One step; a column of -1 has weights of zero.
  void add_step(const std::vector<int8_t>& lanes, const int32_t (&columns)[kStepColumns]);
  void add_quad_step(const std::vector<int8_t>& lanes, int32_t column);
  void add_listed(const std::vector<int8_t>& lanes, const std::vector<int32_t>& listed);
  void add_chunk(const int32_t* listed, size_t count);

  std::vector<Int8Panel> panels_;
  std::vector<Int8Chunk> chunks_;
  std::vector<int32_t> columns_;
  std::vector<uint8_t> places_;
  std::vector<uint64_t> masks_;
  std::vector<int32_t> quads_;
  std::vector<Int8Run> runs_;
  std::vector<int8_t> collected_;
  std::vector<float> scales_;
  std::vector<int32_t> corrections_;
  AlignedArray<int8_t> weights_;
  PackedInt8Matrix matrix_{};
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_PACKED_INT8_WEIGHT_H_
