#ifndef WAVEBRIDGE_CUDA_HEADS_DRAW_LAYOUT_CUH_
#define WAVEBRIDGE_CUDA_HEADS_DRAW_LAYOUT_CUH_

#include "kernels/canonical.cuh"

namespace wavebridge::cuda {

/// Each lane takes `1 << shift` neighbouring classes, and between lanes lies an
/// empty place, so that lanes read different banks.
struct DrawLayout {
  int classes;
  int shift;

  WB_DEVICE int place(int index) const { return index + (index >> shift); }
};

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_HEADS_DRAW_LAYOUT_CUH_
