// Packing an int8 weight whose rows share few columns.

#include <algorithm>
#include <cstdint>

#include "kernels/row_quads.h"
#include "wavebridge/packed_int8_weight.h"

namespace wavebridge {
namespace {

/// A step over quads of each row's own takes as long as so many over shared columns.
constexpr size_t kColumnSteps = 2;

}  // namespace

bool PackedInt8Weight::pack_row_quads(const BlockSparseInt8Weight& weight) {
  const BlockSparseWeight& in = weight.structure;
  if (in.inputs % kStepColumns != 0 || collected_.empty()) return false;
  // The least steps there could be, all places taken.
  const size_t zeros = static_cast<size_t>(std::count(collected_.begin(), collected_.end(), 0));
  if ((collected_.size() - zeros) * kColumnSteps > collected_.size()) return false;
  RowQuads rows(in, weight.blocks);
  const int32_t tables = (matrix_.inputs + kQuadTableColumns - 1) / kQuadTableColumns;
  const auto most = [&](size_t panel, int32_t table) {
    return rows.most(panel, table * kQuadTableColumns, (table + 1) * kQuadTableColumns);
  };
  size_t steps = 0;
  for (size_t panel = 0; panel < rows.panels(); panel++) {
    for (int32_t table = 0; table < tables; table++) steps += most(panel, table);
  }
  if (steps * kColumnSteps > collected_.size() / kStepBytes) return false;

  column_panels_.clear();
  groups_.clear();
  chunks_.clear();
  listed_.clear();
  places_.clear();
  masks_.clear();
  quads_.clear();
  runs_.clear();
  collected_.assign(steps * kStepBytes, 0);
  quad_places_.assign(steps * kLanes, 0);
  std::vector<int8_t> values(static_cast<size_t>(in.inputs));
  size_t first = 0;
  for (size_t panel = 0; panel < rows.panels(); panel++) {
    Int8QuadPanel added{first * kStepBytes, stretches_.size(), 0};
    for (int32_t table = 0; table < tables; table++) {
      const int32_t begin = table * kQuadTableColumns, end = begin + kQuadTableColumns;
      const size_t longest = most(panel, table);
      if (longest == 0) continue;
      stretches_.push_back({table, static_cast<int32_t>(longest)});
      added.stretches++;
      for (size_t lane = 0; lane < kLanes && rows.row(panel, lane) >= 0; lane++) {
        spread_row(in, weight.blocks, rows.row(panel, lane), values);
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
  outputs_ = std::move(rows.order);
  const std::vector<float> scales = scales_;
  const std::vector<int32_t> corrections = corrections_;
  for (size_t lane = 0; lane < outputs_.size(); lane++) {
    scales_[lane] = scales[static_cast<size_t>(outputs_[lane])];
    corrections_[lane] = corrections[static_cast<size_t>(outputs_[lane])];
  }
  return true;
}

}  // namespace wavebridge
