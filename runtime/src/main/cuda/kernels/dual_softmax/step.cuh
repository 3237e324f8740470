#ifndef WAVEBRIDGE_CUDA_DUAL_SOFTMAX_STEP_CUH_
#define WAVEBRIDGE_CUDA_DUAL_SOFTMAX_STEP_CUH_

#include "kernels/dual_softmax/arguments.h"
#include "kernels/head.cuh"
#include "kernels/product.cuh"
#include "kernels/units.cuh"
#include "wavebridge/dual_softmax.h"

// The dual-softmax network (docs/numerics.md), all samples of a launch in one
// kernel.

namespace wavebridge::cuda {

template <typename Arithmetic, typename Exchange>
class DualSoftmaxStep {
 public:
  WB_DEVICE static void run() {
    load();
    block_barrier();
    multiply_recurrent(0);
    block_barrier();
    const int64_t steps = block_here().arguments.schedule.steps;
    bool failed = false;
    for (uint32_t step = 0; step < steps && !failed; step++) failed = !take(step);
    if (!failed) store();
  }

 private:
  WB_DEVICE DualSoftmaxStep()
      : block_(block_here()), arguments_(*block_.template at<const DualSoftmaxArguments>(0)) {}

  // Values of a step, in the order in which they are exchanged.
  WB_DEVICE uint32_t coarse_layer() const { return static_cast<uint32_t>(arguments_.hidden); }
  WB_DEVICE uint32_t coarse_logits() const {
    return coarse_layer() + static_cast<uint32_t>(arguments_.coarse_rows);
  }
  WB_DEVICE uint32_t fine_layer() const { return coarse_logits() + kDualClasses; }
  WB_DEVICE uint32_t fine_logits() const {
    return fine_layer() + static_cast<uint32_t>(arguments_.fine_rows);
  }

  /// False if a packet did not come.
  WB_DEVICE static bool take(uint32_t step) {
    update_half<false>(step);
    multiply_layer<false>(step);
    head<false>(step);
    draw_half<false>(step);
    update_half<true>(step);
    multiply_layer<true>(step);
    // While the others' packets are under way.
    if (step + 1 < block_here().arguments.schedule.steps) {
      load_inputs(step + 1);
      multiply_recurrent(step);
    }
    head<true>(step);
    const bool failed = block_here().state.failed != 0;
    draw_half<true>(step);
    return !failed;
  }

  // The phases of a step.

  template <bool kFine>
  WB_DEVICE_CALL static void update_half(uint32_t step) {
    const DualSoftmaxStep self;
    self.template update<kFine>(step);
    const int half = self.arguments_.hidden / 2, first = kFine ? half : 0;
    collect<Exchange>(self.block_, step, static_cast<uint32_t>(first), half,
                      [&](int i, int row, float value) { self.keep_state(first + i, row, value); });
    block_barrier();
  }
  template <bool kFine>
  WB_DEVICE static void multiply_layer(uint32_t step) {
    const DualSoftmaxStep self;
    multiply<Arithmetic, Exchange>(
        step, kFine ? dual::kFineHidden : dual::kCoarseHidden,
        operand_of(kFine ? self.arguments_.fine_state : self.arguments_.state),
        {true, true, kFine ? self.fine_layer() : self.coarse_layer()});
  }
  WB_DEVICE static void multiply_recurrent(uint32_t step) {
    const DualSoftmaxStep self;
    multiply<Arithmetic, Exchange>(step, dual::kRecurrent, operand_of(self.arguments_.state),
                                   {false, false, 0});
  }
  /// From the hidden layer of a head, under way, to its logits.
  template <bool kFine>
  WB_DEVICE static void head(uint32_t step) {
    receive_layer<kFine>(step);
    const DualSoftmaxStep self;
    multiply<Arithmetic, Exchange>(
        step, kFine ? dual::kFineOutput : dual::kCoarseOutput,
        operand_of(self.arguments_.layer, maximum_of<Arithmetic>(2 * step + kFine)),
        {true, false, kFine ? self.fine_logits() : self.coarse_logits()});
    receive_logits<kFine>(step);
  }
  template <bool kFine>
  WB_DEVICE_CALL static void receive_layer(uint32_t step) {
    const DualSoftmaxStep self;
    const int rows = kFine ? self.arguments_.fine_rows : self.arguments_.coarse_rows;
    const uint32_t layer = kFine ? self.fine_layer() : self.coarse_layer();
    keep_with_maximum<Arithmetic>(
        self.block_, self.arguments_.layer, rows, 2 * step + kFine,
        [&](const auto& use) { collect<Exchange>(self.block_, step, layer, rows, use); });
  }
  template <bool kFine>
  WB_DEVICE_CALL static void receive_logits(uint32_t step) {
    const DualSoftmaxStep self;
    collect_logits<Exchange>(self.block_, step, kFine ? self.fine_logits() : self.coarse_logits());
  }
  template <bool kFine>
  WB_DEVICE_CALL static void draw_half(uint32_t step) {
    const DualSoftmaxStep self;
    draw_rows(self.block_, step, [&](int row) { self.template draw<kFine>(step, row); });
    block_barrier();
  }
  WB_DEVICE_CALL static void load_inputs(uint32_t step) {
    const DualSoftmaxStep self;
    self.load_inputs_of(step);
  }
  WB_DEVICE_CALL static void load() {
    const DualSoftmaxStep self;
    load_states(self.block_, self.arguments_.hidden, 2,
                [&](int unit, int row, float value) { self.keep_state(unit, row, value); });
    self.load_inputs_of(0);
  }
  WB_DEVICE_CALL static void store() {
    const DualSoftmaxStep self;
    store_states(self.block_, self.arguments_.hidden, 2);
  }

  /// The place of a gate of a unit of a group: among the results of its panels, and among the
  /// inputs.
  WB_DEVICE uint32_t gate_place(uint32_t group, int gate, int unit, int row) const {
    return panel_place(block_, 3 * group + static_cast<uint32_t>(gate), unit, row);
  }

  /// New states of a half; `kFine` adds the new coarse value.
  template <bool kFine>
  WB_DEVICE void update(uint32_t step) const {
    update_units<Exchange>(
        block_, step, kFine,
        [&](uint32_t group, int unit, int row, float (&input)[3], float (&recurrent)[3]) {
          const Quad* constants = block_.resident() + block_.group(group).constants;
          const float* weights = reinterpret_cast<const float*>(constants) + unit;
#pragma unroll
          for (int gate = 0; gate < 3; gate++) {
            const uint32_t place = gate_place(group, gate, unit, row);
            const float* of_gate = weights + 3 * gate * kPanelRows;
            float sum = block_.template at<float>(arguments_.own_inputs)[place];
            sum = fma(of_gate[0], block_.state.previous[0][row], sum);
            sum = fma(of_gate[kPanelRows], block_.state.previous[1][row], sum);
            if constexpr (kFine) {
              sum = fma(of_gate[2 * kPanelRows], class_value(block_.state.drawn[row], kDualClasses),
                        sum);
            }
            input[gate] = sum;
            recurrent[gate] = block_.template at<float>(block_.arguments.results)[place];
          }
        });
  }

  WB_DEVICE void keep_state(int unit, int row, float value) const {
    keep_bounded<Arithmetic>(block_, arguments_.state, unit, row, value);
    const int half = arguments_.hidden / 2;
    if (arguments_.fine_apart && unit >= half) {
      keep_bounded<Arithmetic>(block_, arguments_.fine_state, unit - half, row, value);
    }
  }

  /// Draws half a sample of a row; `kFine` completes it.
  template <bool kFine>
  WB_DEVICE void draw(uint32_t step, int row) const {
    const StepArguments& arguments = block_.arguments;
    const int64_t at = sample_place(block_, step, row);
    hand_out_logits(block_, row, 2 * at + kFine);
    int drawn;
    if (arguments.given != nullptr) {
      const int sample = sample_of(arguments.given[at]);
      drawn = kFine ? sample & 255 : sample >> 8;
    } else {
      drawn = draw_class(logits_of(block_, row), draw_layout(block_), temperature_of(block_, row),
                         arguments.uniforms[2 * at + kFine]);
    }
    if (thread_index() % kWarp != 0) return;
    if constexpr (kFine) {
      const int coarse = block_.state.drawn[row];
      block_.state.previous[0][row] = class_value(coarse, kDualClasses);
      block_.state.previous[1][row] = class_value(drawn, kDualClasses);
      if (block_.leads() && arguments.given == nullptr) {
        arguments.audio[at] = static_cast<float>(256 * coarse + drawn) / 32768.0f - 1.0f;
      }
    } else {
      block_.state.drawn[row] = drawn;
    }
  }

  /// The values that enter the gates of the block's units at a step, for rows where it is
  /// another than before.
  WB_DEVICE void load_inputs_of(uint32_t step) const {
    const int hidden = arguments_.hidden;
    for_units(
        block_, 0, block_.header.first_group[kMostGroupKinds],
        [&](uint32_t group, int unit, int row, int) {
          if (!active(block_, step, row)) return;
          if (!arguments_.input_each_step && !frame_begins(block_, step, row)) return;
          const int64_t vector =
              arguments_.input_each_step
                  ? (block_.state.first_row + row) * block_.arguments.schedule.steps + step
                  : frame_of(block_, step, row);
          const float* from =
              arguments_.inputs + vector * 3 * hidden + block_.group(group).unit + unit;
          for (int gate = 0; gate < 3; gate++) {
            block_.template at<float>(arguments_.own_inputs)[gate_place(group, gate, unit, row)] =
                from[gate * hidden];
          }
        });
  }

  const Block block_;
  const DualSoftmaxArguments& arguments_;
};

template <typename Arithmetic, typename Exchange>
WB_KERNEL(512)
dual_softmax(const WB_GRID_CONSTANT DualSoftmaxArguments arguments) {
  begin_block<Exchange>(arguments);
  if (!good_temperatures(block_here())) return;
  Exchange::begin();
  DualSoftmaxStep<Arithmetic, Exchange>::run();
  Exchange::end();
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_DUAL_SOFTMAX_STEP_CUH_
