#ifndef WAVEBRIDGE_CUDA_RESIDUAL_GRU_STEP_CUH_
#define WAVEBRIDGE_CUDA_RESIDUAL_GRU_STEP_CUH_

#include "kernels/head.cuh"
#include "kernels/product.cuh"
#include "kernels/residual_gru/arguments.h"
#include "kernels/units.cuh"

// The residual two-GRU network (docs/numerics.md), all samples of a launch in one kernel.

namespace wavebridge::cuda {

template <typename Arithmetic, typename Exchange>
class ResidualGruStep {
 public:
  WB_DEVICE static void run() {
    load();
    block_barrier();
    multiply_recurrent<0>(0);
    multiply_recurrent<1>(0);
    const int64_t steps = block_here().arguments.schedule.steps;
    bool failed = false;
    for (uint32_t step = 0; step < steps && !failed; step++) failed = !take(step, step + 1 < steps);
    if (!failed) store();
  }

 private:
  WB_DEVICE ResidualGruStep()
      : block_(block_here()), arguments_(*block_.template at<const ResidualGruArguments>(0)) {}

  // Values of a step, in the order in which they are exchanged: the states of both GRUs, the
  // layers, the logits.
  WB_DEVICE uint32_t state(int gru) const { return static_cast<uint32_t>(gru * arguments_.hidden); }
  WB_DEVICE uint32_t layer1() const { return state(2); }
  WB_DEVICE uint32_t layer2() const {
    return layer1() + static_cast<uint32_t>(arguments_.fc1_rows);
  }
  WB_DEVICE uint32_t logits() const {
    return layer2() + static_cast<uint32_t>(arguments_.fc2_rows);
  }

  /// Vectors that are quantised by their own maximum in a step.
  static constexpr uint32_t kMaxima = 5;

  /// False if a packet did not come.
  WB_DEVICE static bool take(uint32_t step, bool more) {
    begin_input(step);
    multiply_input<0>(step);
    update_layer<0>(step);
    receive_layer<0>(step);
    multiply_input<1>(step);
    update_layer<1>(step);
    // While the others' packets are under way; and so below.
    if (more) multiply_recurrent<0>(step);
    receive_layer<1>(step);
    multiply_dense(step, residual::kFc1);
    if (more) multiply_recurrent<1>(step);
    receive_dense(step, 0);
    multiply_dense(step, residual::kFc2);
    receive_dense(step, 1);
    multiply_dense(step, residual::kOutput);
    // Nothing of this step reads the biases of the frame any more.
    if (more) load_inputs(step + 1);
    receive_logits(step);
    const bool failed = block_here().state.failed != 0;
    draw(step);
    return !failed;
  }

  // The phases of a step.

  /// The first layer's input, from the sample before and what is known without it.
  WB_DEVICE_CALL static void begin_input(uint32_t step) {
    const ResidualGruStep self;
    const int shift = self.block_.arguments.row_shift, hidden = self.arguments_.hidden;
    float* x = self.x();
    const float* next_x = self.block_.template at<float>(self.arguments_.next_x);
    keep_with_maximum<Arithmetic>(
        self.block_, self.arguments_.input, hidden, kMaxima * step, [&](const auto& use) {
          for (int at = thread_index(); at < hidden << shift; at += thread_count()) {
            const int row = at & (self.block_.places() - 1), column = at >> shift;
            if (row >= self.block_.state.rows) continue;
            x[at] = fma(self.arguments_.sample_weights[column], self.block_.state.previous[0][row],
                        next_x[at]);
            use(column, row, x[at]);
          }
        });
  }

  /// New states of a GRU, sent.
  template <int kGru>
  WB_DEVICE_CALL static void update_layer(uint32_t step) {
    const ResidualGruStep self;
    const Block& block = self.block_;
    const float* results = block.template at<float>(block.arguments.results);
    const uint32_t first_group = block.header.first_group[kGru];
    const uint32_t* first_panel = block.header.first_panel;
    update_units<Exchange>(
        block, step, kGru,
        [&](uint32_t group, int unit, int row, float (&input)[3], float (&recurrent)[3]) {
#pragma unroll
          for (int gate = 0; gate < 3; gate++) {
            const uint32_t panel = 3 * (group - first_group) + static_cast<uint32_t>(gate);
            input[gate] =
                results[panel_place(block, first_panel[input_matrix<kGru>()] + panel, unit, row)];
            recurrent[gate] = results[panel_place(
                block, first_panel[recurrent_matrix<kGru>()] + panel, unit, row)];
          }
        });
  }

  /// The new states, which are added to x; x enters the next layer.
  template <int kGru>
  WB_DEVICE_CALL static void receive_layer(uint32_t step) {
    const ResidualGruStep self;
    const int shift = self.block_.arguments.row_shift, hidden = self.arguments_.hidden;
    const OperandPlace& state = kGru == 0 ? self.arguments_.state1 : self.arguments_.state2;
    float* x = self.x();
    keep_with_maximum<Arithmetic>(self.block_, self.arguments_.input, hidden,
                                  kMaxima * step + 1 + kGru, [&](const auto& use) {
                                    collect<Exchange>(self.block_, step, self.state(kGru), hidden,
                                                      [&](int unit, int row, float value) {
                                                        keep_bounded<Arithmetic>(self.block_, state,
                                                                                 unit, row, value);
                                                        const int at = (unit << shift) + row;
                                                        x[at] = x[at] + value;
                                                        use(unit, row, x[at]);
                                                      });
                                  });
  }

  /// A dense layer's outputs, under way: those of the first, or of the second.
  WB_DEVICE_CALL static void receive_dense(uint32_t step, int layer) {
    const ResidualGruStep self;
    const int rows = layer == 0 ? self.arguments_.fc1_rows : self.arguments_.fc2_rows;
    const uint32_t first = layer == 0 ? self.layer1() : self.layer2();
    keep_with_maximum<Arithmetic>(
        self.block_, layer == 0 ? self.arguments_.layer1 : self.arguments_.layer2, rows,
        kMaxima * step + 3 + static_cast<uint32_t>(layer),
        [&](const auto& use) { collect<Exchange>(self.block_, step, first, rows, use); });
  }
  WB_DEVICE_CALL static void receive_logits(uint32_t step) {
    const ResidualGruStep self;
    collect_logits<Exchange>(self.block_, step, self.logits());
  }

  WB_DEVICE_CALL static void draw(uint32_t step) {
    const ResidualGruStep self;
    draw_rows(self.block_, step, [&](int row) { self.draw_row(step, row); });
    block_barrier();
  }

  WB_DEVICE_CALL static void load() {
    const ResidualGruStep self;
    const int hidden = self.arguments_.hidden;
    load_states(self.block_, 2 * hidden, 1, [&](int unit, int row, float value) {
      const bool first = unit < hidden;
      keep_bounded<Arithmetic>(self.block_, first ? self.arguments_.state1 : self.arguments_.state2,
                               first ? unit : unit - hidden, row, value);
    });
    load_inputs(0);
  }
  WB_DEVICE_CALL static void store() {
    const ResidualGruStep self;
    store_states(self.block_, 2 * self.arguments_.hidden, 1);
  }

  template <int kGru>
  WB_DEVICE static constexpr int input_matrix() {
    return kGru == 0 ? residual::kInput1 : residual::kInput2;
  }
  template <int kGru>
  WB_DEVICE static constexpr int recurrent_matrix() {
    return kGru == 0 ? residual::kRecurrent1 : residual::kRecurrent2;
  }

  WB_DEVICE float* x() const { return block_.template at<float>(arguments_.x); }

  /// The operand that is a step's vector `number`.
  WB_DEVICE Operand numbered(const OperandPlace& place, uint32_t step, uint32_t number) const {
    return operand_of(place, maximum_of<Arithmetic>(kMaxima * step + number));
  }
  template <int kGru>
  WB_DEVICE static void multiply_input(uint32_t step) {
    const ResidualGruStep self;
    multiply<Arithmetic, Exchange>(step, input_matrix<kGru>(),
                                   self.numbered(self.arguments_.input, step, kGru),
                                   {false, false, 0});
    block_barrier();
  }
  template <int kGru>
  WB_DEVICE static void multiply_recurrent(uint32_t step) {
    const ResidualGruStep self;
    const OperandPlace& state = kGru == 0 ? self.arguments_.state1 : self.arguments_.state2;
    multiply<Arithmetic, Exchange>(step, recurrent_matrix<kGru>(), operand_of(state),
                                   {false, false, 0});
  }
  WB_DEVICE static void multiply_dense(uint32_t step, int matrix) {
    const ResidualGruStep self;
    const ResidualGruArguments& all = self.arguments_;
    const uint32_t first = matrix == residual::kFc1   ? self.layer1()
                           : matrix == residual::kFc2 ? self.layer2()
                                                      : self.logits();
    const OperandPlace& place = matrix == residual::kFc1   ? all.input
                                : matrix == residual::kFc2 ? all.layer1
                                                           : all.layer2;
    const uint32_t number = matrix == residual::kFc1 ? 2 : matrix == residual::kFc2 ? 3 : 4;
    multiply<Arithmetic, Exchange>(step, matrix, self.numbered(place, step, number),
                                   {true, matrix != residual::kOutput, first});
  }

  WB_DEVICE void draw_row(uint32_t step, int row) const {
    const StepArguments& arguments = block_.arguments;
    const int64_t at = sample_place(block_, step, row);
    hand_out_logits(block_, row, at);
    float value;
    if (arguments.given != nullptr) {
      value = arguments.given[at];
    } else {
      value = draw_value(block_, arguments_.head, row, at);
    }
    if (thread_index() % kWarp != 0) return;
    block_.state.previous[0][row] = value;
    if (block_.leads() && arguments.given == nullptr) arguments.audio[at] = value;
  }

  /// Adds the part of a step that does not depend on the sample before, for rows that are active.
  WB_DEVICE_CALL static void load_inputs(uint32_t step) {
    const ResidualGruStep self;
    const Block& block = self.block_;
    const int shift = block.arguments.row_shift, hidden = self.arguments_.hidden;
    float* next_x = block.template at<float>(self.arguments_.next_x);
    for (int at = thread_index(); at < hidden << shift; at += thread_count()) {
      const int row = at & (block.places() - 1);
      if (row >= block.state.rows || !active(block, step, row)) continue;
      const int64_t vector = (block.state.first_row + row) * block.arguments.schedule.steps + step;
      next_x[at] = self.arguments_.inputs[vector * hidden + (at >> shift)];
    }
    self.load_biases(step, residual::kInput2, self.arguments_.frame_gru2, 3 * hidden);
    self.load_biases(step, residual::kFc1, self.arguments_.frame_fc1, self.arguments_.fc1_rows);
    self.load_biases(step, residual::kFc2, self.arguments_.frame_fc2, self.arguments_.fc2_rows);
  }

  /// The part that a frame adds to the block's rows of a matrix, for rows where it is another than
  /// before.
  WB_DEVICE void load_biases(uint32_t step, int matrix, const float* frames, int size) const {
    const int shift = block_.arguments.row_shift;
    const int first = static_cast<int>(block_.header.first_panel[matrix] * kPanelRows) << shift;
    const int end = static_cast<int>(block_.header.first_panel[matrix + 1] * kPanelRows) << shift;
    for (int at = first + thread_index(); at < end; at += thread_count()) {
      const int row = at & (block_.places() - 1), of_panel = (at >> shift) % kPanelRows;
      const Panel& panel = block_.panel(static_cast<uint32_t>(at >> shift) / kPanelRows);
      if (row >= block_.state.rows || of_panel >= static_cast<int>(panel.rows) ||
          !active(block_, step, row) || !frame_begins(block_, step, row)) {
        continue;
      }
      block_.template at<float>(block_.arguments.frame_biases)[at] =
          frames[frame_of(block_, step, row) * size + panel.row + of_panel];
    }
  }

  const Block block_;
  const ResidualGruArguments& arguments_;
};

template <typename Arithmetic, typename Exchange>
WB_KERNEL(512)
residual_gru(const WB_GRID_CONSTANT ResidualGruArguments arguments) {
  begin_block<Exchange>(arguments);
  if (!good_temperatures(block_here())) return;
  Exchange::begin();
  ResidualGruStep<Arithmetic, Exchange>::run();
  Exchange::end();
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_RESIDUAL_GRU_STEP_CUH_
