#ifndef WAVEBRIDGE_ROW_QUADS_H_
#define WAVEBRIDGE_ROW_QUADS_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "wavebridge/packed_weight.h"

namespace wavebridge {

/// One row of a weight, spread out; `blocks` are its values.
template <typename Value>
void spread_row(const BlockSparseWeight& weight, const Value* blocks, int64_t row,
                std::vector<Value>& values) {
  std::fill(values.begin(), values.end(), Value{0});
  const int64_t height = weight.block_height, width = weight.block_width;
  for (int64_t i = weight.row_starts[row / height]; i < weight.row_starts[row / height + 1]; i++) {
    const int64_t column = weight.columns[i] * width;
    std::copy_n(blocks + (i * height + row % height) * width,
                std::min(width, weight.inputs - column), values.begin() + column);
  }
}

/// The quads of each row of a weight that hold one that is not zero: four neighbouring columns, the
/// first a multiple of 4.
struct RowQuads {
  std::vector<std::vector<int32_t>> columns;  ///< of each row: the first of each quad, ascending
  std::vector<int32_t> order;                 ///< rows, those with the fewest quads first

  template <typename Value>
  RowQuads(const BlockSparseWeight& weight, const Value* blocks) {
    const int64_t rows = (weight.row_entries - 1) * weight.block_height;
    std::vector<Value> values(static_cast<size_t>(weight.inputs));
    for (int64_t row = 0; row < rows; row++) {
      spread_row(weight, blocks, row, values);
      std::vector<int32_t>& quads = columns.emplace_back();
      for (size_t column = 0; column + 4 <= values.size(); column += 4) {
        const auto first = values.begin() + static_cast<std::ptrdiff_t>(column);
        if (std::any_of(first, first + 4, [](Value value) { return value != Value{0}; })) {
          quads.push_back(static_cast<int32_t>(column));
        }
      }
      order.push_back(static_cast<int32_t>(row));
    }
    std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
      return columns[static_cast<size_t>(a)].size() < columns[static_cast<size_t>(b)].size();
    });
  }

  size_t panels() const { return (order.size() + kLanes - 1) / kLanes; }
  /// The row of a lane of a panel, -1 where there is none: the order takes sixteen rows a panel.
  int32_t row(size_t panel, size_t lane) const {
    const size_t place = panel * kLanes + lane;
    return place < order.size() ? order[place] : -1;
  }
  /// The quads of a row that lie between two columns.
  std::span<const int32_t> between(int32_t row, int32_t begin, int32_t end) const {
    const std::vector<int32_t>& all = columns[static_cast<size_t>(row)];
    return {std::lower_bound(all.begin(), all.end(), begin),
            std::lower_bound(all.begin(), all.end(), end)};
  }
  /// The most that a row of a panel has there.
  size_t most(size_t panel, int32_t begin, int32_t end) const {
    size_t most = 0;
    for (size_t lane = 0; lane < kLanes && row(panel, lane) >= 0; lane++) {
      most = std::max(most, between(row(panel, lane), begin, end).size());
    }
    return most;
  }
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_ROW_QUADS_H_
