#ifndef WAVEBRIDGE_CUDA_BLOCK_CUH_
#define WAVEBRIDGE_CUDA_BLOCK_CUH_

#include "kernels/arguments.h"
#include "kernels/schedule.cuh"

// The place of a block of a persistent kernel, as the block knows it.

namespace wavebridge::cuda {

/// Shared memory begins with the kernel's arguments, for the phases of a step:
/// they are functions of their own, which find all that they need here and so
/// leave no registers busy. Behind them lies the block's state.
inline constexpr uint32_t kStateOffset = 768;
inline constexpr uint32_t kImageOffset = 1280;

/// The same for all threads once `begin_block` is over.
struct BlockState {
  const Quad* image;  ///< in device memory
  int first_row;      ///< of the group
  int rows;           ///< of the group, at least 1
  int rank;           ///< among the group's blocks
  uint32_t failed;    ///< a packet did not come
  uint32_t largest[3][kMostGroupRows];
  float previous[2][kMostGroupRows];  ///< values of the sample before
  int drawn[kMostGroupRows];          ///< classes
};

/// A view of the block through plain values, made by each thread for itself.
struct Block {
  const StepArguments& arguments;
  unsigned char* shared;
  BlockState& state;
  const ImageHeader& header;

  template <typename T>
  WB_DEVICE T* at(uint32_t offset) const {
    return reinterpret_cast<T*>(shared + offset);
  }
  WB_DEVICE const Quad* resident() const { return at<Quad>(kImageOffset); }
  WB_DEVICE const Panel& panel(uint32_t index) const {
    return reinterpret_cast<const Panel*>(resident() + header.panels)[index];
  }
  WB_DEVICE const UnitGroup& group(uint32_t index) const {
    return reinterpret_cast<const UnitGroup*>(resident() + header.groups)[index];
  }
  WB_DEVICE int places() const { return 1 << arguments.row_shift; }
  WB_DEVICE bool leads() const { return state.rank == 0; }
};

WB_DEVICE Block block_here() {
  unsigned char* shared = shared_memory();
  return {*reinterpret_cast<const StepArguments*>(shared), shared,
          *reinterpret_cast<BlockState*>(shared + kStateOffset),
          *reinterpret_cast<const ImageHeader*>(shared + kImageOffset)};
}

/// Fills shared memory: what the block knows, its share of the weights, zeros.
/// Ends with a barrier.
template <typename Exchange, typename Arguments>
WB_DEVICE void begin_block(const Arguments& all) {
  static_assert(sizeof(Arguments) <= kStateOffset &&
                sizeof(BlockState) <= kImageOffset - kStateOffset);
  const StepArguments& arguments = all.step;
  const Block block = block_here();
  const int thread = thread_index(), threads = thread_count();
  const int rank = Exchange::rank(arguments);
  const Quad* image = arguments.images + arguments.image_starts[rank];
  const uint32_t resident = reinterpret_cast<const ImageHeader*>(image)->resident_quads;
  Quad* copy = block.at<Quad>(kImageOffset);
  for (uint32_t i = static_cast<uint32_t>(thread); i < resident;
       i += static_cast<uint32_t>(threads)) {
    copy[i] = image[i];
  }
  const uint32_t step = static_cast<uint32_t>(threads) * 4;
  for (uint32_t at = arguments.cleared + static_cast<uint32_t>(thread) * 4;
       at < arguments.shared_bytes; at += step) {
    *block.at<uint32_t>(at) = 0;
  }
  if (thread == 0) {
    BlockState& state = block.state;
    *block.at<Arguments>(0) = all;
    state.image = image;
    state.first_row =
        (arguments.first_group + Exchange::group(arguments)) * arguments.rows_per_group;
    const int left = arguments.rows - state.first_row;
    state.rows = left < arguments.rows_per_group ? left : arguments.rows_per_group;
    state.rank = rank;
    state.failed = 0;
    for (int slot = 0; slot < 3; slot++) {
      for (int row = 0; row < kMostGroupRows; row++) state.largest[slot][row] = 0;
    }
  }
  block_barrier();
}

WB_DEVICE int64_t sample_place(const Block& block, int64_t step, int row) {
  return place(block.arguments.schedule.sample, step, block.state.first_row + row);
}
WB_DEVICE bool active(const Block& block, int64_t step, int row) {
  return active(block.arguments.schedule, step, block.state.first_row + row);
}
WB_DEVICE int64_t frame_of(const Block& block, int64_t step, int row) {
  return frame_of(block.arguments.schedule, step, block.state.first_row + row);
}
/// Whether a row that is active at a step has another frame than at the step
/// before it.
WB_DEVICE bool frame_begins(const Block& block, int64_t step, int row) {
  return step == 0 || !active(block, step - 1, row) ||
         frame_of(block, step, row) != frame_of(block, step - 1, row);
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_BLOCK_CUH_
