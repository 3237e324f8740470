#ifndef WAVEBRIDGE_ROW_QUADS_H_
#define WAVEBRIDGE_ROW_QUADS_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
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

/// The quads of each row of a weight, or of some neighbouring rows together, that hold one
/// that is not zero: four neighbouring columns, the first a multiple of 4. The weight's rows and
/// columns are multiples of `height` and of 4.
struct RowQuads {
  std::vector<std::vector<int32_t>> columns;  ///< of each unit: the first of each quad, ascending
  std::vector<int32_t> order;                 ///< units, those with the fewest quads first

  /// A unit is `height` rows, a divisor of `kLanes`.
  template <typename Value>
  RowQuads(const BlockSparseWeight& weight, const Value* blocks, int64_t height)
      : height_(static_cast<size_t>(height)) {
    const int64_t rows = (weight.row_entries - 1) * weight.block_height;
    std::vector<Value> values(static_cast<size_t>(weight.inputs));
    std::vector<uint8_t> used(static_cast<size_t>(weight.inputs / 4));
    for (int64_t first = 0; first < rows; first += height) {
      std::fill(used.begin(), used.end(), uint8_t{0});
      for (int64_t row = first; row < first + height; row++) {
        spread_row(weight, blocks, row, values);
        for (size_t i = 0; i < values.size(); i++) used[i / 4] |= values[i] != Value{0};
      }
      order.push_back(static_cast<int32_t>(columns.size()));
      std::vector<int32_t>& quads = columns.emplace_back();
      for (size_t quad = 0; quad < used.size(); quad++) {
        if (used[quad] != 0) quads.push_back(static_cast<int32_t>(4 * quad));
      }
    }
    std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
      return columns[static_cast<size_t>(a)].size() < columns[static_cast<size_t>(b)].size();
    });
  }

  size_t panels() const { return (order.size() * height_ + kLanes - 1) / kLanes; }
  /// The row of a lane of a panel, -1 where there is none: the order takes sixteen rows a panel.
  int32_t row(size_t panel, size_t lane) const {
    const size_t place = panel * kLanes + lane;
    if (place >= order.size() * height_) return -1;
    return order[place / height_] * static_cast<int32_t>(height_) +
           static_cast<int32_t>(place % height_);
  }
  /// The quads of a row that lie between two columns.
  std::span<const int32_t> between(int32_t row, int32_t begin, int32_t end) const {
    const std::vector<int32_t>& all = of_row(row);
    const int32_t* const last = all.data() + all.size();
    return {std::lower_bound(all.data(), last, begin), std::lower_bound(all.data(), last, end)};
  }
  const std::vector<int32_t>& of_row(int32_t row) const {
    return columns[static_cast<size_t>(row) / height_];
  }
  /// The most that a row of a panel has there.
  size_t most(size_t panel, int32_t begin, int32_t end) const {
    size_t most = 0;
    for (size_t lane = 0; lane < kLanes && row(panel, lane) >= 0; lane += height_) {
      most = std::max(most, between(row(panel, lane), begin, end).size());
    }
    return most;
  }
  /// Steps of all panels, whose rows wait for the one with the most quads.
  size_t steps() const {
    size_t sum = 0;
    for (size_t panel = 0; panel < panels(); panel++) sum += most(panel, 0, INT32_MAX);
    return sum;
  }

 private:
  size_t height_;
};

/// A layout of quads, and what lies in it.
struct QuadLayout {
  PanelLayout layout;
  RowQuads rows;
};

/// What a step of quads takes, of each row's own or shared by four or eight, in quarters of one of
/// columns; 0 where there is no such layout.
struct QuadCosts {
  size_t own, shared, of_eight;
};

/// The layout of quads that is faster than columns, if one is. `columns` are the weights in the
/// layout of columns, 64 a step.
template <typename Value>
std::optional<QuadLayout> faster_quads(const BlockSparseWeight& weight, const Value* blocks,
                                       const std::vector<Value>& columns, QuadCosts costs) {
  constexpr size_t kStepValues = 4 * kLanes;
  const int64_t rows = (weight.row_entries - 1) * weight.block_height;
  std::optional<QuadLayout> best;
  if (weight.inputs % 4 != 0) return best;
  size_t least = columns.size() / kStepValues * 4;
  // The least steps there could be, all places taken.
  const size_t zeros = static_cast<size_t>(std::count(columns.begin(), columns.end(), Value{0}));
  const size_t full = (columns.size() - zeros) / kStepValues;
  const auto consider = [&](PanelLayout layout, int64_t height, size_t cost) {
    if (cost == 0 || full * cost >= least) return;
    RowQuads quads(weight, blocks, height);
    const size_t all = quads.steps() * cost;
    if (all >= least) return;
    least = all;
    best = {layout, std::move(quads)};
  };
  consider(PanelLayout::kRowQuads, 1, costs.own);
  if (rows % kLanes == 0) {
    // Of two that cost the same, the one that loads fewer quads.
    consider(PanelLayout::kQuadsOfEight, sharing_rows(PanelLayout::kQuadsOfEight), costs.of_eight);
    consider(PanelLayout::kSharedQuads, sharing_rows(PanelLayout::kSharedQuads), costs.shared);
  }
  return best;
}

}  // namespace wavebridge

#endif  // WAVEBRIDGE_ROW_QUADS_H_
