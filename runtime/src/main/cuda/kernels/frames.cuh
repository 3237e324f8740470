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

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_FRAMES_CUH_
