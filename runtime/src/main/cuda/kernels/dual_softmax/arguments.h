#ifndef WAVEBRIDGE_CUDA_DUAL_SOFTMAX_ARGUMENTS_H_
#define WAVEBRIDGE_CUDA_DUAL_SOFTMAX_ARGUMENTS_H_

#include "kernels/arguments.h"

// The arguments of the network's kernel.

namespace wavebridge::cuda {

/// Its matrices, in the order of their panels.
namespace dual {
enum Matrix { kRecurrent, kCoarseHidden, kCoarseOutput, kFineHidden, kFineOutput, kMatrices };
}

struct DualSoftmaxArguments {
  StepArguments step;
  int32_t hidden;
  int32_t coarse_rows, fine_rows;  ///< D, D'
  const float* inputs;             ///< [vectors, 3H]: what frames (and contexts) give to the gates
  bool input_each_step;            ///< a vector for each row and step, else for each frame
  uint32_t own_inputs;             ///< offsets in shared memory
  OperandPlace state, fine_state, layer;
  bool fine_apart;  ///< the fine half of the state is kept a second time
};

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_DUAL_SOFTMAX_ARGUMENTS_H_
