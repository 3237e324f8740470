#include "host/image.h"

#include <algorithm>
#include <cstring>

namespace wavebridge::cuda {
namespace {

constexpr size_t kStepPlaces = 4;  ///< places of a lane in a step

size_t steps_for(size_t count, size_t of_step) { return (count + of_step - 1) / of_step; }

template <typename T>
std::vector<Quad> quads_of(const std::vector<T>& values) {
  std::vector<Quad> quads(steps_for(values.size() * sizeof(T), sizeof(Quad)));
  if (!values.empty()) std::memcpy(quads.data(), values.data(), values.size() * sizeof(T));
  return quads;
}

/// The columns that a lane of a row takes, in order, in units of `column / 4`;
/// kNone where it has nothing to take.
constexpr uint32_t kNone = 0xffffffffu;
using LanePlaces = std::array<std::vector<uint32_t>, kRowLanes>;

/// Chooses between all places and those in use. A list costs reading it, so it
/// must save a fifth.
bool list_is_better(size_t listed_steps, size_t dense_steps) {
  return 5 * listed_steps < 4 * dense_steps;
}

/// The storage that steps read, for values of one type: f32 lanes take columns by their
/// remainder, int8 lanes take words of four.
template <typename T>
struct Rows {
  int64_t inputs;
  std::vector<T> values;  ///< [8, inputs]

  bool used(int64_t column) const {
    for (int row = 0; column < inputs && row < kPanelRows; row++) {
      if (values[static_cast<size_t>(row * inputs + column)] != T{0}) return true;
    }
    return false;
  }
  T at(int row, int64_t column) const {
    return column < inputs ? values[static_cast<size_t>(row * inputs + column)] : T{0};
  }
};

LanePlaces places_of(const Rows<float>& rows, bool listed) {
  LanePlaces places;
  for (int64_t column = 0; column < rows.inputs; column++) {
    if (listed && !rows.used(column)) continue;
    places[static_cast<size_t>(column % kRowLanes)].push_back(
        static_cast<uint32_t>(column / kRowLanes));
  }
  return places;
}

LanePlaces places_of(const Rows<int8_t>& rows, bool listed) {
  LanePlaces places;
  size_t taken = 0;
  for (int64_t word = 0; 4 * word < rows.inputs; word++) {
    bool used = !listed;
    for (int64_t column = 4 * word; column < 4 * word + 4; column++)
      used = used || rows.used(column);
    // Four words after each other for each lane.
    if (used) places[taken++ / kStepPlaces % kRowLanes].push_back(static_cast<uint32_t>(word));
  }
  return places;
}

uint32_t word_of(const Rows<float>& rows, int row, size_t lane, uint32_t place) {
  const float value = rows.at(row, int64_t{place} * kRowLanes + static_cast<int64_t>(lane));
  uint32_t word;
  std::memcpy(&word, &value, sizeof word);
  return word;
}

uint32_t word_of(const Rows<int8_t>& rows, int row, size_t, uint32_t place) {
  uint32_t word = 0;
  for (int i = 0; i < 4; i++) {
    word |= uint32_t{static_cast<uint8_t>(rows.at(row, int64_t{place} * 4 + i))} << (8 * i);
  }
  return word;
}

size_t steps_of(const LanePlaces& places) {
  size_t most = 0;
  for (const auto& of_lane : places) most = std::max(most, of_lane.size());
  return steps_for(most, kStepPlaces);
}

template <typename T>
void pack(const HostWeight& weight, int64_t row, int64_t count, PackedPanel& panel) {
  Rows<T> rows{weight.inputs(), std::vector<T>(static_cast<size_t>(kPanelRows * weight.inputs()))};
  for (int64_t i = 0; i < count; i++)
    weight.spread(row + i, rows.values.data() + i * weight.inputs());
  const LanePlaces all = places_of(rows, false), used = places_of(rows, true);
  const bool listed = list_is_better(steps_of(used), steps_of(all));
  const LanePlaces& places = listed ? used : all;
  const size_t steps = steps_of(places);
  const auto place = [&](size_t lane, size_t index) {
    return index < places[lane].size() ? places[lane][index] : kNone;
  };
  std::vector<uint32_t> words;
  std::vector<uint16_t> list;
  for (size_t step = 0; step < steps; step++) {
    for (int of_panel = 0; of_panel < kPanelRows; of_panel++) {
      for (size_t lane = 0; lane < kRowLanes; lane++) {
        for (size_t i = 0; i < kStepPlaces; i++) {
          const uint32_t at = place(lane, step * kStepPlaces + i);
          words.push_back(at == kNone ? 0 : word_of(rows, of_panel, lane, at));
        }
      }
    }
    for (size_t lane = 0; lane < kRowLanes && listed; lane++) {
      for (size_t i = 0; i < kStepPlaces; i++) {
        const uint32_t at = place(lane, step * kStepPlaces + i);
        list.push_back(at == kNone ? uint16_t{0} : static_cast<uint16_t>(at));
      }
    }
  }
  panel.fields.steps = static_cast<uint32_t>(steps);
  panel.weights = quads_of(words);
  panel.columns = quads_of(list);
}

}  // namespace

PackedPanel pack_panel(const HostWeight& weight, const std::vector<float>& bias, int64_t row,
                       int64_t rows) {
  PackedPanel panel;
  panel.fields.row = static_cast<uint32_t>(row);
  panel.fields.rows = static_cast<uint32_t>(rows);
  panel.fields.of_frame = bias.empty() ? 1 : 0;
  std::vector<float> constants(2 * kPanelRows, 0.0f);
  for (int64_t i = 0; i < rows; i++) {
    if (!bias.empty()) constants[static_cast<size_t>(i)] = bias[static_cast<size_t>(row + i)];
    if (weight.quantised())
      constants[static_cast<size_t>(kPanelRows + i)] =
          weight.scales()[static_cast<size_t>(row + i)];
  }
  panel.constants = quads_of(constants);
  if (weight.quantised()) {
    pack<int8_t>(weight, row, rows, panel);
  } else {
    pack<float>(weight, row, rows, panel);
  }
  return panel;
}

std::vector<PackedPanel> pack_panels(int matrix, const HostWeight& weight,
                                     const std::vector<float>& bias) {
  std::vector<PackedPanel> panels;
  for (int64_t row = 0; row < weight.rows(); row += kPanelRows) {
    panels.push_back(
        pack_panel(weight, bias, row, std::min<int64_t>(kPanelRows, weight.rows() - row)));
    panels.back().matrix = matrix;
  }
  return panels;
}

size_t Item::quads() const {
  size_t sum = constants.size();
  for (const PackedPanel& panel : panels)
    sum += panel.weights.size() + panel.columns.size() + panel.constants.size();
  return sum;
}

Item pack_group(int kind, uint32_t first, int64_t unit, int64_t count, int64_t units,
                const std::vector<std::pair<int, const HostLayer*>>& gates) {
  Item item;
  item.kind = kind;
  item.group.unit = first;
  item.group.units = static_cast<uint32_t>(count);
  for (const auto& [matrix, layer] : gates) {
    for (int64_t gate = 0; gate < 3; gate++) {
      item.panels.push_back(pack_panel(layer->weight, layer->bias, gate * units + unit, count));
      item.panels.back().matrix = matrix;
    }
  }
  return item;
}

std::vector<std::vector<const Item*>> spread_items(const std::vector<Item>& items, int blocks) {
  std::vector<const Item*> largest_first;
  for (const Item& item : items) largest_first.push_back(&item);
  std::stable_sort(largest_first.begin(), largest_first.end(),
                   [](const Item* a, const Item* b) { return a->quads() > b->quads(); });
  const size_t count = std::min(static_cast<size_t>(blocks), items.size());
  std::vector<std::vector<const Item*>> of_block(count);
  std::vector<size_t> load(count, 0);
  for (const Item* item : largest_first) {
    const size_t block =
        static_cast<size_t>(std::min_element(load.begin(), load.end()) - load.begin());
    of_block[block].push_back(item);
    load[block] += item->quads() + 1;
  }
  return of_block;
}

Image::Image(const std::vector<const Item*>& items, const std::vector<int>& last) {
  ImageHeader header{};
  std::vector<Panel> panel_table;
  std::vector<UnitGroup> group_table;
  std::vector<Quad> tables;  ///< constants and lists of columns
  std::vector<const PackedPanel*> order;
  for (int matrix = 0; matrix < kMostMatrices; matrix++) {
    header.first_panel[matrix] = static_cast<uint32_t>(order.size());
    // Groups come first, kind by kind, so that their panels are where their
    // numbers say.
    for (int kind = 0; kind <= kMostGroupKinds; kind++) {
      for (const Item* item : items) {
        if ((item->kind < 0 ? kMostGroupKinds : item->kind) != kind) continue;
        for (const PackedPanel& panel : item->panels) {
          if (panel.matrix == matrix) order.push_back(&panel);
        }
      }
    }
  }
  header.first_panel[kMostMatrices] = static_cast<uint32_t>(order.size());
  std::vector<const Item*> grouped;
  for (int kind = 0; kind < kMostGroupKinds; kind++) {
    header.first_group[kind] = static_cast<uint32_t>(grouped.size());
    for (const Item* item : items) {
      if (item->kind == kind) grouped.push_back(item);
    }
  }
  header.first_group[kMostGroupKinds] = static_cast<uint32_t>(grouped.size());

  header.panels = kHeaderQuads;
  header.groups = header.panels + static_cast<uint32_t>(order.size()) * kPanelQuads;
  const uint32_t tables_start = header.groups + static_cast<uint32_t>(grouped.size());
  const auto append = [&](const std::vector<Quad>& part) {
    const uint32_t at = tables_start + static_cast<uint32_t>(tables.size());
    tables.insert(tables.end(), part.begin(), part.end());
    return at;
  };
  for (const Item* item : grouped) {
    UnitGroup group = item->group;
    group.constants = append(item->constants);
    group_table.push_back(group);
  }
  for (const PackedPanel* panel : order) {
    Panel fields = panel->fields;
    fields.constants = append(panel->constants);
    fields.columns = panel->columns.empty() ? kDense : append(panel->columns);
    panel_table.push_back(fields);
  }
  table_quads = tables_start + tables.size();
  panels = static_cast<uint32_t>(order.size());
  groups = static_cast<uint32_t>(grouped.size());

  std::vector<Quad> weights;
  for (const bool of_last : {false, true}) {
    for (size_t i = 0; i < order.size(); i++) {
      if ((std::find(last.begin(), last.end(), order[i]->matrix) != last.end()) != of_last)
        continue;
      panel_table[i].weights = static_cast<uint32_t>(table_quads + weights.size());
      weights.insert(weights.end(), order[i]->weights.begin(), order[i]->weights.end());
      ends.push_back(table_quads + weights.size());
    }
  }
  quads.resize(table_quads + weights.size());
  header.quads = static_cast<uint32_t>(quads.size());
  std::memcpy(quads.data(), &header, sizeof header);
  if (!panel_table.empty())
    std::memcpy(&quads[header.panels], panel_table.data(), panel_table.size() * sizeof(Panel));
  if (!group_table.empty())
    std::memcpy(&quads[header.groups], group_table.data(), group_table.size() * sizeof(UnitGroup));
  std::copy(tables.begin(), tables.end(),
            quads.begin() + static_cast<std::ptrdiff_t>(tables_start));
  std::copy(weights.begin(), weights.end(),
            quads.begin() + static_cast<std::ptrdiff_t>(table_quads));
}

size_t Image::keep_resident(size_t capacity) {
  size_t resident = table_quads;
  for (const size_t end : ends) {
    if (end <= capacity) resident = end;
  }
  ImageHeader header;
  std::memcpy(&header, quads.data(), sizeof header);
  header.resident_quads = static_cast<uint32_t>(resident);
  std::memcpy(quads.data(), &header, sizeof header);
  return resident;
}

}  // namespace wavebridge::cuda
