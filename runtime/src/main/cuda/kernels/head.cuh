#ifndef WAVEBRIDGE_CUDA_HEAD_CUH_
#define WAVEBRIDGE_CUDA_HEAD_CUH_

#include "kernels/exchange.cuh"
#include "kernels/heads/head.cuh"

// From logits to samples. Every block draws every row for itself, which costs
// no exchange.

namespace wavebridge::cuda {

WB_DEVICE DrawLayout draw_layout(const Block& block) {
  return {block.arguments.classes, block.arguments.class_shift};
}
/// The logits of a row, with room for the empty places.
WB_DEVICE float* logits_of(const Block& block, int row) {
  return block.at<float>(block.arguments.drawn_logits) + row * (block.arguments.classes + kWarp);
}

/// Brings the logits together; ends with a barrier.
template <typename Exchange>
WB_DEVICE void collect_logits(const Block& block, uint32_t step, uint32_t first) {
  const DrawLayout layout = draw_layout(block);
  collect<Exchange>(block, step, first, layout.classes, [&](int index, int row, float value) {
    logits_of(block, row)[layout.place(index)] = value;
  });
  block_barrier();
}

/// Hands the logits of a row out, by the warp that draws it; `place` counts
/// distributions.
WB_DEVICE void hand_out_logits(const Block& block, int row, int64_t place) {
  if (block.arguments.logits == nullptr || !block.leads()) return;
  const DrawLayout layout = draw_layout(block);
  for (int i = thread_index() % kWarp; i < layout.classes; i += kWarp) {
    block.arguments.logits[place * layout.classes + i] = logits_of(block, row)[layout.place(i)];
  }
  warp_barrier();
}

/// Calls `draw(row)` for every row that is active, each by one warp.
template <typename Draw>
WB_DEVICE void draw_rows(const Block& block, int64_t step, const Draw& draw) {
  for (int row = thread_index() / kWarp; row < block.state.rows; row += thread_count() / kWarp) {
    if (active(block, step, row)) draw(row);
  }
}

/// The temperature of a row.
WB_DEVICE float temperature_of(const Block& block, int row) {
  const StepArguments& arguments = block.arguments;
  return arguments.temperature[(block.state.first_row + row) * arguments.temperature_stride];
}

/// A value drawn from the logits of a row, whatever head the network has; `at` counts samples.
WB_DEVICE float draw_value(const Block& block, const Head& head, int row, int64_t at) {
  const StepArguments& arguments = block.arguments;
  return draw(head, logits_of(block, row), draw_layout(block), temperature_of(block, row),
              arguments.uniforms + at * arguments.draws);
}

/// Whether the temperatures of the group's rows are some; if not, says so.
WB_DEVICE bool good_temperatures(const Block& block) {
  if (block.arguments.given != nullptr) return true;
  bool good = true;
  for (int row = 0; row < block.state.rows; row++) {
    const float temperature = temperature_of(block, row);
    good = good && temperature > 0.0f && temperature < from_bits(0x7f800000u);
  }
  if (!good && thread_index() == 0)
    store_flag(block.arguments.status, static_cast<uint32_t>(Status::kBadTemperature));
  return good;
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_HEAD_CUH_
