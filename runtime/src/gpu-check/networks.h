#ifndef WAVEBRIDGE_GPU_CHECK_NETWORKS_H_
#define WAVEBRIDGE_GPU_CHECK_NETWORKS_H_

#include <functional>
#include <memory>
#include <string>

#include "wavebridge_cuda/launch.h"

namespace wavebridge::gpu_check {

/// A network of random weights that makes samples on the GPU.
struct Generator {
  cuda::Layout layout;
  int64_t samples;                     ///< of all rows, that a call makes
  int64_t steps;                       ///< in which it makes them
  std::function<void(uint64_t)> draw;  ///< new random inputs
  std::function<void()> queue;         ///< a call; throws std::runtime_error if it is refused
  std::function<uint32_t()> status;    ///< what the kernels said
};

struct Size {
  int hidden;
  double density;  ///< of the recurrent matrix and the heads, in blocks of 16 x 1; 1: dense
  bool int8;
};

/// `rows` independent utterances of `samples` samples each.
Generator dual_softmax(const Size& size, int64_t rows, int64_t samples, cuda::Variant variant);
Generator residual_gru(const Size& size, int64_t rows, int64_t samples, cuda::Variant variant);
/// One utterance in `factor` sub-tensors, without a context network.
Generator subscale(const Size& size, int64_t factor, int64_t samples, cuda::Variant variant);

}  // namespace wavebridge::gpu_check

#endif  // WAVEBRIDGE_GPU_CHECK_NETWORKS_H_
