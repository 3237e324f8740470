#ifndef WAVEBRIDGE_CUDA_UNITS_CUH_
#define WAVEBRIDGE_CUDA_UNITS_CUH_

#include "kernels/canonical.cuh"
#include "kernels/exchange.cuh"

// The units of GRUs whose gates a block computes.

namespace wavebridge::cuda {

/// Calls `use(group, unit of the group, row, place)` for the block's units of groups
/// `first`..`end`.
template <typename Use>
WB_DEVICE void for_units(const Block& block, uint32_t first, uint32_t end, const Use& use) {
  const int shift = block.arguments.row_shift;
  const int begin = static_cast<int>(first * kPanelRows) << shift;
  const int last = static_cast<int>(end * kPanelRows) << shift;
  for (int at = begin + thread_index(); at < last; at += thread_count()) {
    const int row = at & (block.places() - 1), unit = (at >> shift) % kPanelRows;
    const uint32_t group = static_cast<uint32_t>((at >> shift) / kPanelRows);
    if (row < block.state.rows && unit < static_cast<int>(block.group(group).units)) {
      use(group, unit, row, at);
    }
  }
}

/// Where a row of a panel has its number for a row of the batch: a result, or a bias of the frame.
WB_DEVICE uint32_t panel_place(const Block& block, uint32_t panel, int row_of_panel, int row) {
  return ((panel * kPanelRows + static_cast<uint32_t>(row_of_panel)) << block.arguments.row_shift) +
         static_cast<uint32_t>(row);
}

/// New states of the units of a kind, sent to all blocks: `gates(group, unit, row, input,
/// recurrent)` gives the sums.
template <typename Exchange, typename Gates>
WB_DEVICE void update_units(const Block& block, uint32_t step, int kind, const Gates& gates) {
  const uint32_t* first = block.header.first_group;
  float* own_state = block.at<float>(block.arguments.own_state);
  for_units(block, first[kind], first[kind + 1], [&](uint32_t group, int unit, int row, int at) {
    float state = own_state[at];
    if (active(block, step, row)) {
      float input[3], recurrent[3];
      gates(group, unit, row, input, recurrent);
      state = gru_of(input, recurrent, state);
      own_state[at] = state;
    }
    publish_alone<Exchange>(block, step, block.group(group).unit + static_cast<uint32_t>(unit), row,
                            state);
  });
}

/// Takes over the states that the samples before left, of `units` units: `keep(unit, row, value)`
/// all of them.
template <typename Keep>
WB_DEVICE void load_states(const Block& block, int units, int previous_values, const Keep& keep) {
  const int64_t first = block.state.first_row;
  const int shift = block.arguments.row_shift;
  for (int at = thread_index(); at < units << shift; at += thread_count()) {
    const int row = at & (block.places() - 1), unit = at >> shift;
    if (row < block.state.rows)
      keep(unit, row, block.arguments.state[(first + row) * units + unit]);
  }
  float* own_state = block.at<float>(block.arguments.own_state);
  for_units(block, 0, block.header.first_group[kMostGroupKinds],
            [&](uint32_t group, int unit, int row, int at) {
              own_state[at] =
                  block.arguments.state[(first + row) * units + block.group(group).unit + unit];
            });
  for (int at = thread_index(); at < previous_values * block.state.rows; at += thread_count()) {
    block.state.previous[at % previous_values][at / previous_values] =
        block.arguments.previous[previous_values * first + at];
  }
}

/// Leaves them for the next call.
WB_DEVICE void store_states(const Block& block, int units, int previous_values) {
  const int64_t first = block.state.first_row;
  const float* own_state = block.at<float>(block.arguments.own_state);
  for_units(block, 0, block.header.first_group[kMostGroupKinds],
            [&](uint32_t group, int unit, int row, int at) {
              block.arguments.state[(first + row) * units + block.group(group).unit + unit] =
                  own_state[at];
            });
  if (!block.leads()) return;
  for (int at = thread_index(); at < previous_values * block.state.rows; at += thread_count()) {
    block.arguments.previous[previous_values * first + at] =
        block.state.previous[at % previous_values][at / previous_values];
  }
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_UNITS_CUH_
