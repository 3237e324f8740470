#ifndef WAVEBRIDGE_CUDA_CONTEXT_CUH_
#define WAVEBRIDGE_CUDA_CONTEXT_CUH_

#include "kernels/canonical.cuh"
#include "kernels/schedule.cuh"

// The contexts of the rows of a subscale utterance (docs/numerics.md), for all
// steps of a launch at once: each layer over as many times as the layers after
// it read.

namespace wavebridge::cuda {

/// A number for each thread of a grid of one dimension.
WB_DEVICE int64_t thread_of_grid() {
  return int64_t{block_index()} * thread_count() + thread_index();
}

template <int kThreads>
WB_KERNEL(kThreads)
context_channels(const WB_GRID_CONSTANT ChannelsArguments arguments) {
  const Schedule& schedule = arguments.schedule;
  const int64_t at = thread_of_grid();
  if (at >= arguments.rows * arguments.times * arguments.channels) return;
  const int64_t channel = at % arguments.channels,
                time_index = at / arguments.channels % arguments.times;
  const int64_t row = at / arguments.channels / arguments.times;
  // Channel 0 is the row's own sample before; the others are those of the rows
  // before it.
  int64_t time = schedule.first_step - schedule.lag * row + arguments.first_time + time_index;
  int64_t of_row = row - channel;
  if (channel == 0) time -= arguments.horizon + 1;
  float value = 0.0f;
  if (time >= 0 && of_row >= 0 && (channel > 0 || arguments.own_past)) {
    // The place of the sample that `of_row` makes at that time.
    const int64_t step = time + schedule.lag * of_row - schedule.first_step;
    const int64_t sample = place(schedule.sample, step, of_row);
    if (sample >= 0 && sample < schedule.end) value = arguments.audio[sample];
  }
  arguments.y[at] = value;
}

template <int kThreads>
WB_KERNEL(kThreads)
context_convolution(const WB_GRID_CONSTANT ConvolutionArguments arguments) {
  const int64_t at = thread_of_grid();
  if (at >= arguments.rows * arguments.times * arguments.outputs) return;
  const int64_t output = at % arguments.outputs, time = at / arguments.outputs % arguments.times;
  const int64_t row = at / arguments.outputs / arguments.times;
  const int64_t reach = int64_t{arguments.kernel - 1} * arguments.dilation;
  const float* x = arguments.x + (row * (arguments.times + reach) + time) * arguments.inputs;
  const float* weight = arguments.weight + output * arguments.kernel * arguments.inputs;
  float sums[4] = {};
  int j = 0;
  for (int tap = 0; tap < arguments.kernel;
       tap++, x += int64_t{arguments.dilation} * arguments.inputs) {
    for (int i = 0; i < arguments.inputs; i++) {
      const float w = *weight++;
      // A register is not indexed by what is only known now.
#pragma unroll
      for (int k = 0; k < 4; k++) {
        if (k == j) sums[k] = fma(w, x[i], sums[k]);
      }
      j = (j + 1) % 4;
    }
  }
  const float y = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + arguments.bias[output];
  arguments.y[at] = arguments.relu ? relu_of(y) : y;
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_CONTEXT_CUH_
