#include "wavebridge/packed_int8_weight.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace wavebridge {
namespace {

/// A quad of columns with at least this many in use is not worth gathering.
constexpr int kWorthAQuad = 3;
/// Fewer quads than this in a panel are not worth a loop of their own.
constexpr size_t kWorthQuads = 8;
/// Neighbouring quads that make a run.
constexpr int32_t kWorthARun = 8;

size_t rounded_up(size_t count, size_t unit) { return (count + unit - 1) / unit * unit; }

/// Calls `take(column, value)` for the values of a row that are not zero.
template <typename Take>
void for_each_in_row(const BlockSparseInt8Weight& weight, int64_t row, const Take& take) {
  const BlockSparseWeight& in = weight.structure;
  const int64_t block_row = row / in.block_height;
  for (int64_t i = in.row_starts[block_row]; i < in.row_starts[block_row + 1]; i++) {
    const int8_t* values =
        weight.blocks + (i * in.block_height + row % in.block_height) * in.block_width;
    const int64_t column = in.columns[i] * in.block_width;
    for (int64_t k = 0; k < in.block_width && column + k < in.inputs; k++) {
      if (values[k] != 0) take(column + k, values[k]);
    }
  }
}

/// The first value that stands inside the matrix and is no quantised weight, or -1.
int64_t unquantised(const BlockSparseInt8Weight& weight) {
  const BlockSparseWeight& in = weight.structure;
  for (int64_t block = 0; block < in.block_count; block++) {
    const int64_t inside = std::min(in.block_width, in.inputs - in.columns[block] * in.block_width);
    for (int64_t row = 0; row < in.block_height; row++) {
      const int64_t first = (block * in.block_height + row) * in.block_width;
      for (int64_t k = 0; k < inside; k++) {
        if (weight.blocks[first + k] == -128) return first + k;
      }
    }
  }
  return -1;
}

/// The largest sum of magnitudes of a row.
int64_t largest_row_sum(const BlockSparseInt8Weight& weight) {
  const BlockSparseWeight& in = weight.structure;
  int64_t most = 0;
  for (int64_t row = 0; row < (in.row_entries - 1) * in.block_height; row++) {
    int64_t sum = 0;
    for_each_in_row(weight, row, [&](int64_t, int8_t value) { sum += std::abs(int{value}); });
    most = std::max(most, sum);
  }
  return most;
}

}  // namespace

std::string check(const BlockSparseInt8Weight& weight) {
  const BlockSparseWeight& in = weight.structure;
  const std::string name(in.name);
  if (in.inputs > kMostInt8Inputs) {
    return name + ": expected 0 to " + std::to_string(kMostInt8Inputs) + " inputs, found " +
           std::to_string(in.inputs);
  }
  std::string fault = check(in);
  if (!fault.empty()) return fault;
  if (weight.activation_bits != 8 && weight.activation_bits != 12) {
    return name + ": expected activations of 8 or 12 bits, found " +
           std::to_string(weight.activation_bits);
  }
  const int64_t at = unquantised(weight);
  if (at >= 0) {
    return name + "_blocks: expected values of -127 to 127, found -128 (value " +
           std::to_string(at) + ")";
  }
  const int64_t rows = (in.row_entries - 1) * in.block_height;
  for (int64_t row = 0; row < rows; row++) {
    const float scale = weight.scales[row];
    if (!(scale > 0.0f) || std::isinf(scale)) {
      return name + "_scales[" + std::to_string(row) +
             "]: expected a positive finite number, found " + std::to_string(scale);
    }
  }
  // The bound of docs/numerics.md, below which no sum of products overflows.
  const int64_t limit = int64_t{1} << (32 - weight.activation_bits);
  const int64_t most = largest_row_sum(weight);
  if (most >= limit) {
    return name + "_blocks: expected rows with magnitudes that add up to less than " +
           std::to_string(limit) + ", so that no sum with activations of " +
           std::to_string(weight.activation_bits) + " bits overflows, found " +
           std::to_string(most);
  }
  return "";
}

PackedInt8Weight::PackedInt8Weight(const BlockSparseInt8Weight& weight) {
  const BlockSparseWeight& in = weight.structure;
  const int64_t rows = (in.row_entries - 1) * in.block_height;
  const size_t inputs = static_cast<size_t>(in.inputs);
  matrix_.rows = static_cast<int32_t>(rows);
  matrix_.inputs = static_cast<int32_t>(inputs);
  matrix_.activation_bits = static_cast<int32_t>(weight.activation_bits);
  const size_t lanes_of_all = rounded_up(static_cast<size_t>(rows), kLanes);
  scales_.assign(weight.scales, weight.scales + rows);
  scales_.resize(lanes_of_all, 0.0f);
  corrections_.assign(lanes_of_all, 0);
  pack_columns(weight);
  pack_quads(weight);

  weights_.reset(static_cast<int8_t*>(aligned_memory(collected_.size() + kAheadBytes)));
  if (!collected_.empty()) std::memcpy(weights_.get(), collected_.data(), collected_.size());
  matrix_.weight_count = collected_.size();
  collected_ = {};
  matrix_.panel_count = static_cast<int32_t>((rows + kLanes - 1) / kLanes);
  matrix_.columns = {.panels = column_panels_.data(),
                     .groups = groups_.data(),
                     .chunks = chunks_.data(),
                     .listed = listed_.data(),
                     .places = places_.data(),
                     .masks = masks_.data(),
                     .quads = quads_.data(),
                     .runs = runs_.data()};
  matrix_.quads = {.panels = quad_panels_.data(),
                   .stretches = stretches_.data(),
                   .places = quad_places_.data(),
                   .outputs = outputs_.data()};
  matrix_.shared = {
      .panels = shared_panels_.data(), .quads = shared_quads_.data(), .outputs = outputs_.data()};
  matrix_.weights = weights_.get();
  matrix_.scales = scales_.data();
  matrix_.corrections = corrections_.data();
}

void PackedInt8Weight::pack_columns(const BlockSparseInt8Weight& weight) {
  const BlockSparseWeight& in = weight.structure;
  const int64_t rows = matrix_.rows;
  const size_t inputs = static_cast<size_t>(in.inputs);
  std::vector<SpreadRows> panels;
  std::vector<uint8_t> used(rounded_up(inputs, kStepColumns));
  for (int64_t first = 0; first < rows; first += kLanes) {
    panels.push_back({static_cast<int32_t>(first), {}, {}, {}});
    std::vector<int8_t>& lanes = panels.back().lanes;
    lanes.assign(used.size() * kLanes, 0);
    std::fill(used.begin(), used.end(), uint8_t{0});
    for (int64_t row = first; row < std::min<int64_t>(first + kLanes, rows); row++) {
      int32_t sum = 0;
      for_each_in_row(weight, row, [&](int64_t column, int8_t value) {
        const size_t at = static_cast<size_t>(column);
        lanes[at * kLanes + static_cast<size_t>(row - first)] = value;
        used[at] = 1;
        sum += value;
      });
      corrections_[static_cast<size_t>(row)] = -128 * sum;
    }
    choose_columns(used, panels.back());
  }
  std::stable_sort(panels.begin(), panels.end(), [](const SpreadRows& a, const SpreadRows& b) {
    return a.listed.size() < b.listed.size();
  });
  for (size_t first = 0; first < panels.size(); first += kGroupPanels) {
    const size_t count = std::min<size_t>(kGroupPanels, panels.size() - first);
    add_group(std::span(panels).subspan(first, count));
  }
}

void PackedInt8Weight::choose_columns(const std::vector<uint8_t>& used, SpreadRows& rows) {
  std::vector<uint8_t> in_quad(used.size(), 0);
  for (size_t first = 0; first < used.size(); first += kStepColumns) {
    const auto begin = used.begin() + static_cast<std::ptrdiff_t>(first);
    if (std::count(begin, begin + kStepColumns, uint8_t{1}) < kWorthAQuad) continue;
    rows.quads.push_back(static_cast<int32_t>(first));
    std::fill_n(in_quad.begin() + static_cast<std::ptrdiff_t>(first), kStepColumns, uint8_t{1});
  }
  if (rows.quads.size() < kWorthQuads) {
    rows.quads.clear();
    std::fill(in_quad.begin(), in_quad.end(), uint8_t{0});
  }
  for (size_t column = 0; column < used.size(); column++) {
    if (used[column] != 0 && in_quad[column] == 0) {
      rows.listed.push_back(static_cast<int32_t>(column));
    }
  }
}

void PackedInt8Weight::add_group(std::span<const SpreadRows> group) {
  size_t most = 0;
  for (const SpreadRows& rows : group) most = std::max(most, rows.listed.size());
  const size_t first_chunk = chunks_.size();
  for (size_t first = 0; first < most; first += kPanelColumns) add_chunk(group, first);
  groups_.push_back({first_chunk, static_cast<int32_t>(chunks_.size() - first_chunk)});
  for (const SpreadRows& rows : group) add_panel(rows);
}

void PackedInt8Weight::add_chunk(std::span<const SpreadRows> group, size_t first_listed) {
  int32_t lowest = INT32_MAX, highest = 0;
  for (const SpreadRows& rows : group) {
    if (first_listed >= rows.listed.size()) continue;
    const size_t end = std::min(first_listed + kPanelColumns, rows.listed.size());
    lowest = std::min(lowest, rows.listed[first_listed]);
    highest = std::max(highest, rows.listed[end - 1]);
  }
  const int32_t first_table = lowest / kTableColumns;
  const int32_t tables = highest / kTableColumns - first_table + 1;
  chunks_.push_back({first_table, tables, masks_.size()});
  masks_.resize(masks_.size() + static_cast<size_t>(tables), 0);
  for (size_t i = 0; i < kChunkColumns; i++) {
    const size_t panel = i / kPanelColumns, at = first_listed + i % kPanelColumns;
    const bool present = panel < group.size() && at < group[panel].listed.size();
    // Places left over name a column that exists and lie in no table.
    const int32_t column = present ? group[panel].listed[at] : lowest;
    listed_.push_back(column);
    places_.push_back(static_cast<uint8_t>(column % kTableColumns));
    if (!present) continue;
    const int32_t table = column / kTableColumns - first_table;
    masks_[chunks_.back().first_mask + static_cast<size_t>(table)] |= uint64_t{1} << i;
  }
}

void PackedInt8Weight::add_panel(const SpreadRows& rows) {
  Int8ColumnPanel panel{};
  panel.output = rows.output;
  panel.first_weight = collected_.size();
  panel.first_quad = quads_.size();
  panel.first_run = runs_.size();
  const size_t padded = rounded_up(rows.listed.size(), kPanelColumns);
  panel.listed_steps = static_cast<int32_t>((rows.listed.size() + kStepColumns - 1) / kStepColumns);
  for (size_t first = 0; first < padded; first += kStepColumns) {
    int32_t four[kStepColumns];
    for (size_t j = 0; j < kStepColumns; j++) {
      four[j] = first + j < rows.listed.size() ? rows.listed[first + j] : -1;
    }
    add_step(rows, four);
  }
  // Long stretches become runs, after all quads that stand alone.
  std::vector<Int8Run> runs;
  for (size_t i = 0; i < rows.quads.size();) {
    size_t end = i + 1;
    while (end < rows.quads.size() && rows.quads[end] == rows.quads[end - 1] + kStepColumns) end++;
    const int32_t steps = static_cast<int32_t>(end - i);
    if (steps >= kWorthARun) {
      runs.push_back({rows.quads[i], steps});
    } else {
      for (; i < end; i++) {
        quads_.push_back(rows.quads[i]);
        add_quad_step(rows, rows.quads[i]);
      }
    }
    i = end;
  }
  while ((quads_.size() - panel.first_quad) % kStepsTogether != 0) {
    quads_.push_back(0);
    add_quad_step(rows, -1);
  }
  add_runs(rows, runs);
  panel.quads = static_cast<int32_t>(quads_.size() - panel.first_quad);
  panel.runs = static_cast<int32_t>(runs_.size() - panel.first_run);
  column_panels_.push_back(panel);
}

void PackedInt8Weight::add_runs(const SpreadRows& rows, const std::vector<Int8Run>& runs) {
  for (Int8Run run : runs) {
    for (int32_t step = 0; step < run.steps; step++) {
      add_quad_step(rows, run.column + step * kStepColumns);
    }
    for (; run.steps % kStepsTogether != 0; run.steps++) add_quad_step(rows, -1);
    runs_.push_back(run);
  }
}

void PackedInt8Weight::add_step(const SpreadRows& rows, const int32_t (&columns)[kStepColumns]) {
  for (size_t lane = 0; lane < kLanes; lane++) {
    for (const int32_t column : columns) {
      const size_t at = static_cast<size_t>(column) * kLanes + lane;
      collected_.push_back(column < 0 ? int8_t{0} : rows.lanes[at]);
    }
  }
}

void PackedInt8Weight::add_quad_step(const SpreadRows& rows, int32_t column) {
  if (column < 0) {
    add_step(rows, {-1, -1, -1, -1});
  } else {
    add_step(rows, {column, column + 1, column + 2, column + 3});
  }
}

}  // namespace wavebridge
