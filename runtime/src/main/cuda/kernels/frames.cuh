#ifndef WAVEBRIDGE_CUDA_FRAMES_CUH_
#define WAVEBRIDGE_CUDA_FRAMES_CUH_

#include "kernels/arguments.h"
#include "kernels/canonical.cuh"

// Frames to sample rate, one thread for each number of the result.

namespace wavebridge::cuda {

template <int kThreads>
WB_KERNEL(kThreads)
upsample_frames(const WB_GRID_CONSTANT UpsampleArguments arguments) {
  const int64_t channels = arguments.channels, size = arguments.count * channels;
  const int64_t step = arguments.blocks * kThreads;
  for (int64_t row = block_row(); row < arguments.rows; row += block_rows()) {
    const float* x = arguments.x + row * arguments.given * channels;
    float* y = arguments.y + row * size;
    for (int64_t i = int64_t{block_index()} * kThreads + thread_index(); i < size; i += step) {
      const int64_t vector = i / channels + arguments.cut, channel = i % channels;
      const float* c = arguments.phases + 3 * (vector % arguments.factor);
      const float* before = x + vector / arguments.factor * channels + channel;
      const float first = c[0] * before[0];
      const float sum = fma(c[2], before[2 * channels], fma(c[1], before[channels], first));
      y[i] = sum + arguments.bias;
    }
  }
}

template <int kThreads>
WB_KERNEL(kThreads)
interpolate_frames(const WB_GRID_CONSTANT InterpolateArguments arguments) {
  const int64_t channels = arguments.channels, size = arguments.count * channels;
  const int64_t step = arguments.blocks * kThreads;
  const int64_t last = arguments.frames - 1, samples = arguments.frames * arguments.hop;
  const int64_t divisor = samples > 2 ? samples - 1 : 1;
  for (int64_t row = block_row(); row < arguments.rows; row += block_rows()) {
    const float* x = arguments.x + row * arguments.frames * channels;
    float* y = arguments.y + row * size;
    for (int64_t i = int64_t{block_index()} * kThreads + thread_index(); i < size; i += step) {
      const int64_t position = (i / channels + arguments.cut) * last, channel = i % channels;
      const int64_t frame = position / divisor, next = frame < last ? frame + 1 : last;
      const float weight = static_cast<float>(position % divisor) / static_cast<float>(divisor);
      const float from = x[frame * channels + channel];
      y[i] = fma(weight, x[next * channels + channel] - from, from);
    }
  }
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_FRAMES_CUH_
