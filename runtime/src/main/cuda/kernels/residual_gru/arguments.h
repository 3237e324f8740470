#ifndef WAVEBRIDGE_CUDA_RESIDUAL_GRU_ARGUMENTS_H_
#define WAVEBRIDGE_CUDA_RESIDUAL_GRU_ARGUMENTS_H_

#include "kernels/arguments.h"
#include "wavebridge/head.h"

// The arguments of the network's kernel.

namespace wavebridge::cuda {

/// Its matrices, in the order of their panels.
namespace residual {
enum Matrix { kInput1, kRecurrent1, kInput2, kRecurrent2, kFc1, kFc2, kOutput, kMatrices };
}

struct ResidualGruArguments {
  StepArguments step;
  int32_t hidden;
  int32_t fc1_rows, fc2_rows;
  Head head;                    ///< its class values on the device
  const float* sample_weights;  ///< [R]
  const float* inputs;          ///< [rows, steps, R]: all that enters the first layer
                                ///< but the sample before
  const float* frame_gru2;      ///< [frames, 3R]
  const float* frame_fc1;       ///< [frames, D1]
  const float* frame_fc2;       ///< [frames, D2]
  uint32_t x, next_x;           ///< offsets in shared memory: the residual, and the
                                ///< inputs of the next step
  OperandPlace input, state1, state2, layer1, layer2;
};

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_RESIDUAL_GRU_ARGUMENTS_H_
