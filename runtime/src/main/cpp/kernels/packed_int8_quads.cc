// Packing an int8 weight whose rows share few columns.

#include <algorithm>
#include <cstdint>

#include "kernels/row_quads.h"
#include "wavebridge/packed_int8_weight.h"

namespace wavebridge {
namespace {

constexpr QuadCosts kQuadCosts = {.own = 8, .shared = 4, .of_eight = 4};

}  // namespace

void PackedInt8Weight::pack_quads(const BlockSparseInt8Weight& weight) {
  const auto quads = faster_quads(weight.structure, weight.blocks, collected_, kQuadCosts);
  if (!quads) return;
  matrix_.layout = quads->layout;
  column_panels_.clear();
  groups_.clear();
  chunks_.clear();
  listed_.clear();
  places_.clear();
  masks_.clear();
  quads_.clear();
  runs_.clear();
  if (matrix_.layout == PanelLayout::kRowQuads) {
    add_row_quads(weight, quads->rows);
  } else {
    add_shared_quads(weight, quads->rows);
  }
  set_outputs(quads->rows);
}

void PackedInt8Weight::add_row_quads(const BlockSparseInt8Weight& weight, const RowQuads& rows) {
  const int32_t tables = (matrix_.inputs + kQuadTableColumns - 1) / kQuadTableColumns;
  std::vector<int8_t> values(static_cast<size_t>(matrix_.inputs));
  collected_.clear();
  size_t first = 0;
  for (size_t panel = 0; panel < rows.panels(); panel++) {
    Int8QuadPanel added{first * kStepBytes, stretches_.size(), 0};
    for (int32_t table = 0; table < tables; table++) {
      const int32_t begin = table * kQuadTableColumns, end = begin + kQuadTableColumns;
      const size_t longest = rows.most(panel, begin, end);
      if (longest == 0) continue;
      stretches_.push_back({table, static_cast<int32_t>(longest)});
      added.stretches++;
      collected_.resize((first + longest) * kStepBytes, 0);
      quad_places_.resize((first + longest) * kLanes, 0);
      for (size_t lane = 0; lane < kLanes && rows.row(panel, lane) >= 0; lane++) {
        spread_row(weight.structure, weight.blocks, rows.row(panel, lane), values);
        size_t place = first * kLanes + lane;
        for (const int32_t column : rows.between(rows.row(panel, lane), begin, end)) {
          quad_places_[place] = static_cast<uint8_t>((column - begin) / kStepColumns);
          std::copy_n(values.data() + column, kStepColumns,
                      collected_.data() + place * kStepColumns);
          place += kLanes;
        }
      }
      first += longest;
    }
    quad_panels_.push_back(added);
  }
}

void PackedInt8Weight::add_shared_quads(const BlockSparseInt8Weight& weight, const RowQuads& rows) {
  const size_t steps = rows.steps();
  std::vector<int8_t> values(static_cast<size_t>(matrix_.inputs));
  collected_.assign(steps * kStepBytes, 0);
  const size_t sharing = static_cast<size_t>(sharing_rows(matrix_.layout));
  shared_quads_.assign(steps * kLanes / sharing, 0);
  size_t first = 0;
  for (size_t panel = 0; panel < rows.panels(); panel++) {
    const size_t longest = rows.most(panel, 0, matrix_.inputs);
    shared_panels_.push_back({first * kStepBytes, static_cast<int32_t>(longest)});
    for (size_t lane = 0; lane < kLanes; lane++) {
      const int32_t row = rows.row(panel, lane);
      spread_row(weight.structure, weight.blocks, row, values);
      size_t place = first * kLanes + lane;
      for (const int32_t column : rows.of_row(row)) {
        shared_quads_[place / sharing] = static_cast<uint16_t>(column / kStepColumns);
        std::copy_n(values.data() + column, kStepColumns, collected_.data() + place * kStepColumns);
        place += kLanes;
      }
    }
    first += longest;
  }
}

void PackedInt8Weight::set_outputs(const RowQuads& rows) {
  const std::vector<float> scales = scales_;
  const std::vector<int32_t> corrections = corrections_;
  for (size_t at = 0; at < static_cast<size_t>(matrix_.rows); at++) {
    const int32_t row = rows.row(at / kLanes, at % kLanes);
    outputs_.push_back(row);
    scales_[at] = scales[static_cast<size_t>(row)];
    corrections_[at] = corrections[static_cast<size_t>(row)];
  }
}

}  // namespace wavebridge
