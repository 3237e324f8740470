#ifndef WAVEBRIDGE_PACKED_WEIGHT_H_
#define WAVEBRIDGE_PACKED_WEIGHT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wavebridge/packed_matrix.h"

namespace wavebridge {

/// A weight as the operators receive it (docs/operators.md): blocks row of blocks by row of blocks,
/// not yet trusted.
struct BlockSparseWeight {
  std::string_view name;  ///< for messages
  int64_t inputs;         ///< K, columns of the whole matrix
  int64_t block_count;    ///< Z
  int64_t block_height;
  int64_t block_width;
  int64_t row_entries;  ///< length of `row_starts`: block rows + 1
  const float* blocks;
  const int32_t* columns;
  const int32_t* row_starts;
};

/// A quantised weight as the operators receive it, not yet trusted.
struct BlockSparseInt8Weight {
  BlockSparseWeight structure;  ///< everything but the values: `blocks` is not read
  const int8_t* blocks;
  const float* scales;          ///< [R], R = (row_entries - 1) * block_height
  int64_t activation_bits = 8;  ///< of the vectors that it is multiplied with
};

/// Most columns and rows of a weight (columns of a quantised one: no sum of products overflows),
/// and most classes of a categorical distribution: far above any vocoder, and low enough that no
/// index or integer sum overflows.
inline constexpr int64_t kMostInputs = int64_t{1} << 20;
inline constexpr int64_t kMostInt8Inputs = (int64_t{1} << 17) - 1;
inline constexpr int64_t kMostRows = int64_t{1} << 24;
inline constexpr int64_t kMostClasses = 32767;

/// The error in a weight: what was expected and what was found, or an empty string.
std::string check(const BlockSparseWeight& weight);

/// The same for a quantised weight, its values and its scales.
std::string check(const BlockSparseInt8Weight& weight);

struct RowQuads;

/// Memory that starts on a cache line.
struct AlignedFree {
  void operator()(void* memory) const;
};
template <typename T>
using AlignedArray = std::unique_ptr<T[], AlignedFree>;
/// For an AlignedArray; uninitialised. Throws std::bad_alloc.
void* aligned_memory(size_t bytes);

/// A weight matrix in the layout of the kernels. Immutable; any number of threads may read it.
class PackedWeight {
 public:
  /// Packs a weight for which `check` found nothing.
  explicit PackedWeight(const BlockSparseWeight& weight);

  const PackedMatrix& matrix() const { return matrix_; }

 private:
  void pack_columns(const BlockSparseWeight& weight);
  void add_panel(const float* lanes, const std::vector<uint8_t>& used);
  /// In place of the columns.
  void add_quads(const BlockSparseWeight& weight, const RowQuads& rows);
  void add_step(const float* lanes, const int32_t (&columns)[kPartialSums],
                const bool (&present)[kPartialSums]);

  std::vector<ColumnPanel> column_panels_;
  std::vector<int32_t> runs_;
  std::vector<int32_t> groups_;
  std::vector<QuadPanel> quad_panels_;
  std::vector<int32_t> quad_columns_;
  std::vector<int32_t> outputs_;
  std::vector<float> collected_;
  AlignedArray<float> weights_;
  PackedMatrix matrix_{};
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_PACKED_WEIGHT_H_
