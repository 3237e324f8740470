#include "wavebridge/packed_weight.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "kernels/row_quads.h"

namespace wavebridge {
namespace {

std::string text(int64_t value) { return std::to_string(value); }

/// Block columns that a row of blocks can have.
int64_t block_columns(const BlockSparseWeight& weight) {
  return weight.block_width == 0 ? 1
                                 : (weight.inputs + weight.block_width - 1) / weight.block_width;
}

constexpr QuadCosts kQuadCosts = {.own = 8, .shared = 5, .of_eight = 0};

std::string check_shape(const BlockSparseWeight& weight) {
  const std::string name(weight.name);
  if (weight.inputs < 0 || weight.inputs > kMostInputs) {
    return name + ": expected 0 to " + text(kMostInputs) + " inputs, found " + text(weight.inputs);
  }
  if (weight.block_height < 1 || weight.block_height > kMostRows) {
    return name + "_blocks: expected a block height of 1 to " + text(kMostRows) + ", found " +
           text(weight.block_height);
  }
  // A block without columns is how a dense matrix without inputs looks.
  if (weight.block_width < (weight.inputs == 0 ? 0 : 1) || weight.block_width > kMostInputs) {
    return name + "_blocks: expected a block width of 1 to " + text(kMostInputs) + ", found " +
           text(weight.block_width);
  }
  if (weight.row_entries < 2 || weight.row_entries - 1 > kMostRows / weight.block_height) {
    return name + "_rows: expected 2 to " + text(kMostRows / weight.block_height + 1) +
           " entries, found " + text(weight.row_entries);
  }
  return "";
}

}  // namespace

std::string check(const BlockSparseWeight& weight) {
  std::string shape = check_shape(weight);
  if (!shape.empty()) return shape;
  const std::string name(weight.name);
  const int64_t last = weight.row_entries - 1;
  if (weight.row_starts[0] != 0)
    return name + "_rows[0]: expected 0, found " + text(weight.row_starts[0]);
  for (int64_t i = 1; i <= last; i++) {
    if (weight.row_starts[i] < weight.row_starts[i - 1]) {
      return name + "_rows[" + text(i) + "] = " + text(weight.row_starts[i]) +
             " is less than the entry before it, " + text(weight.row_starts[i - 1]);
    }
  }
  if (weight.row_starts[last] != weight.block_count) {
    return name + "_rows[" + text(last) + "]: expected " + text(weight.block_count) +
           " (blocks), found " + text(weight.row_starts[last]);
  }
  const int64_t most = block_columns(weight);
  for (int64_t row = 0; row < last; row++) {
    for (int64_t i = weight.row_starts[row]; i < weight.row_starts[row + 1]; i++) {
      const int64_t column = weight.columns[i];
      if (column < 0 || column >= most) {
        return name + "_columns[" + text(i) + "] = " + text(column) + " lies outside 0.." +
               text(most - 1) + " (K = " + text(weight.inputs) + ", block width " +
               text(weight.block_width) + ")";
      }
      if (i > weight.row_starts[row] && column <= weight.columns[i - 1]) {
        return name + "_columns[" + text(i) + "] = " + text(column) + " does not ascend after " +
               text(weight.columns[i - 1]) + " in row of blocks " + text(row);
      }
    }
  }
  return "";
}

void AlignedFree::operator()(void* memory) const { std::free(memory); }

void* aligned_memory(size_t bytes) {
  void* memory = std::aligned_alloc(64, (bytes + 127) / 64 * 64);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

PackedWeight::PackedWeight(const BlockSparseWeight& weight) {
  matrix_.rows = static_cast<int32_t>((weight.row_entries - 1) * weight.block_height);
  matrix_.inputs = static_cast<int32_t>(weight.inputs);
  pack_columns(weight);
  if (auto quads = faster_quads(weight, weight.blocks, collected_, kQuadCosts)) {
    matrix_.layout = quads->layout;
    add_quads(weight, quads->rows);
  }

  weights_.reset(
      static_cast<float*>(aligned_memory((collected_.size() + kAheadFloats) * sizeof(float))));
  if (!collected_.empty())
    std::memcpy(weights_.get(), collected_.data(), collected_.size() * sizeof(float));
  matrix_.weight_count = collected_.size();
  collected_ = {};
  const bool columns = matrix_.layout == PanelLayout::kColumns;
  matrix_.panel_count = static_cast<int32_t>(columns ? column_panels_.size() : quad_panels_.size());
  matrix_.columns = {
      .panels = column_panels_.data(), .runs = runs_.data(), .groups = groups_.data()};
  matrix_.quads = {
      .panels = quad_panels_.data(), .columns = quad_columns_.data(), .outputs = outputs_.data()};
  matrix_.weights = weights_.get();
}

void PackedWeight::pack_columns(const BlockSparseWeight& weight) {
  const int64_t height = weight.block_height;
  const int64_t width = weight.block_width;
  const int64_t rows = matrix_.rows;
  const size_t inputs = static_cast<size_t>(weight.inputs);
  // One panel at a time, spread out: lanes[column * 16 + lane].
  std::vector<float> lanes(inputs * kLanes);
  std::vector<uint8_t> used(inputs);
  for (int64_t first = 0; first < rows; first += kLanes) {
    std::fill(lanes.begin(), lanes.end(), 0.0f);
    std::fill(used.begin(), used.end(), uint8_t{0});
    for (int64_t row = first; row < std::min<int64_t>(first + kLanes, rows); row++) {
      const int64_t block_row = row / height;
      for (int64_t i = weight.row_starts[block_row]; i < weight.row_starts[block_row + 1]; i++) {
        const float* values = weight.blocks + (i * height + row % height) * width;
        const int64_t column = weight.columns[i] * width;
        for (int64_t k = 0; k < width && column + k < weight.inputs; k++) {
          if (values[k] == 0.0f) continue;
          const size_t at = static_cast<size_t>(column + k);
          lanes[at * kLanes + static_cast<size_t>(row - first)] = values[k];
          used[at] = 1;
        }
      }
    }
    add_panel(lanes.data(), used);
  }
}

void PackedWeight::add_quads(const BlockSparseWeight& weight, const RowQuads& rows) {
  column_panels_.clear();
  runs_.clear();
  groups_.clear();
  const bool shared = matrix_.layout == PanelLayout::kSharedQuads;
  const size_t steps = rows.steps();
  collected_.assign(steps * kStepFloats, 0.0f);
  quad_columns_.assign(shared ? steps * kPartialSums : steps * kLanes, 0);
  outputs_.resize(static_cast<size_t>(matrix_.rows));
  std::vector<float> values(static_cast<size_t>(weight.inputs));
  size_t first = 0;
  for (size_t panel = 0; panel < rows.panels(); panel++) {
    const size_t most = rows.most(panel, 0, matrix_.inputs);
    quad_panels_.push_back({first * kStepFloats, static_cast<int32_t>(most)});
    for (size_t at = 0; at < kLanes && rows.row(panel, at) >= 0; at++) {
      const int32_t row = rows.row(panel, at);
      // Rows that share their quads lie in one register.
      const size_t lane = shared ? at % 4 * 4 + at / 4 : at;
      outputs_[panel * kLanes + lane] = row;
      spread_row(weight, weight.blocks, row, values);
      size_t place = first * kLanes + lane % 4 * 4 + lane / 4;
      for (const int32_t column : rows.of_row(row)) {
        quad_columns_[shared ? place / 4 : place] = column;
        std::copy_n(values.data() + column, kPartialSums, collected_.data() + place * kPartialSums);
        place += kLanes;
      }
    }
    first += most;
  }
}

void PackedWeight::add_panel(const float* lanes, const std::vector<uint8_t>& used) {
  const int32_t inputs = matrix_.inputs;
  // The columns of each partial sum, ascending, and the runs of four that hold at least one.
  std::vector<int32_t> columns[kPartialSums];
  std::vector<int32_t> runs;
  const int32_t in_runs = inputs / kPartialSums * kPartialSums;
  for (int32_t column = 0; column < inputs; column++) {
    if (used[static_cast<size_t>(column)] == 0) continue;
    columns[column % kPartialSums].push_back(column);
    const int32_t run = column / kPartialSums * kPartialSums;
    if (run < in_runs && (runs.empty() || runs.back() != run)) runs.push_back(run);
  }
  size_t groups = 0;
  for (const auto& of_sum : columns) groups = std::max(groups, of_sum.size());

  ColumnPanel panel{collected_.size(), runs_.size(), groups_.size() / kPartialSums, 0, 0};
  // Runs need no list of columns, so they win unless they carry a quarter more weights.
  if (4 * runs.size() <= 5 * groups) {
    for (const int32_t run : runs) {
      const int32_t four[kPartialSums] = {run, run + 1, run + 2, run + 3};
      add_step(lanes, four, {true, true, true, true});
      runs_.push_back(run);
    }
    panel.runs = static_cast<int32_t>(runs.size());
    for (auto& of_sum : columns) {
      of_sum.erase(of_sum.begin(), std::lower_bound(of_sum.begin(), of_sum.end(), in_runs));
    }
  }
  // The rest goes in groups; a partial sum that has run out takes a weight of zero, and any
  // column that exists.
  for (size_t group = 0;; group++) {
    int32_t four[kPartialSums];
    bool present[kPartialSums];
    bool any = false;
    for (int j = 0; j < kPartialSums; j++) {
      present[j] = group < columns[j].size();
      four[j] = present[j] ? columns[j][group] : std::min(j, inputs - 1);
      any = any || present[j];
    }
    if (!any) break;
    add_step(lanes, four, present);
    groups_.insert(groups_.end(), four, four + kPartialSums);
    panel.groups++;
  }
  column_panels_.push_back(panel);
}

void PackedWeight::add_step(const float* lanes, const int32_t (&columns)[kPartialSums],
                            const bool (&present)[kPartialSums]) {
  for (int j = 0; j < kPartialSums; j++) {
    const float* from = lanes + static_cast<size_t>(columns[j]) * kLanes;
    if (present[j]) {
      collected_.insert(collected_.end(), from, from + kLanes);
    } else {
      collected_.insert(collected_.end(), kLanes, 0.0f);
    }
  }
}

}  // namespace wavebridge
