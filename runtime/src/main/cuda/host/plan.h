#ifndef WAVEBRIDGE_CUDA_HOST_PLAN_H_
#define WAVEBRIDGE_CUDA_HOST_PLAN_H_

#include <functional>
#include <vector>

#include "host/image.h"
#include "kernels/arguments.h"

namespace wavebridge::cuda {

/// Hands out shared memory behind the images.
class SharedBytes {
 public:
  explicit SharedBytes(int64_t begin) : next_(begin) {}
  uint32_t take(int64_t bytes) {
    const int64_t at = next_;
    next_ += (bytes + 15) / 16 * 16;
    return static_cast<uint32_t>(at);
  }
  int64_t end() const { return next_; }

 private:
  int64_t next_;
};

/// The number and the sizes of a plan's blocks.
struct BlockShape {
  bool cluster = false;
  int32_t blocks = 1;     ///< of a group
  int32_t row_shift = 0;  ///< places for rows: 1, 4, 8 or 16
  uint32_t panels = 0;    ///< of the block that has most
  uint32_t groups = 0;
  uint32_t sets = 2;  ///< of a mailbox (kernels/exchange.cuh)

  int64_t places() const { return int64_t{1} << row_shift; }
};

/// The sizes of a network's step.
struct StepNeeds {
  std::vector<Item> items;
  std::vector<int> off_path;  ///< matrices whose products overlap with waiting
  int64_t values = 0;         ///< exchanged in a step
  /// Places its buffers in shared memory.
  std::function<void(const BlockShape&, SharedBytes&)> place;
};

/// How a network is spread over blocks, and its images on the device.
class Plan {
 public:
  /// Throws Refused where nothing fits.
  Plan(const StepNeeds& needs, const Options& options, cudaStream_t stream);

  const BlockShape& shape() const { return shape_; }
  Layout layout() const;
  int64_t shared_bytes() const { return shared_bytes_; }
  int64_t image_end() const { return image_end_; }
  /// Words of all groups' mailboxes in device memory.
  int64_t mailbox_words() const {
    return shape_.cluster ? 0 : int64_t{groups_} * shape_.sets * values_ * shape_.places();
  }

  /// Sets what a plan knows of a kernel's arguments.
  void fill(StepArguments& arguments) const;
  /// The groups that rows need, and how many of them one launch has.
  int32_t groups_for(int64_t rows) const {
    return static_cast<int32_t>((rows + rows_per_group_ - 1) / rows_per_group_);
  }
  int32_t groups_at_once(int32_t groups) const {
    return shape_.cluster ? groups : std::min(groups, groups_);
  }
  runtime::Grid grid(int32_t groups) const;

 private:
  struct Candidate {
    BlockShape shape;
    int32_t groups;
  };
  std::vector<Candidate> candidates(const StepNeeds& needs, const Options& options,
                                    const runtime::Limits& limits) const;
  /// Whether it fits; `all_resident`: with all weights in shared memory.
  bool take(const StepNeeds& needs, const Candidate& candidate, const runtime::Limits& limits,
            bool all_resident);
  void upload(cudaStream_t stream);

  BlockShape shape_;
  int32_t groups_ = 1, rows_per_group_ = 1, threads_ = 0;
  int64_t values_ = 0, shared_bytes_ = 0, image_end_ = 0, resident_bytes_ = 0, streamed_bytes_ = 0;
  uint64_t most_polls_ = 0;
  std::vector<Image> images_;
  runtime::Memory memory_;
  std::vector<uint64_t> starts_;
};

/// An operand's place, for columns that panels read to the end of their last
/// step.
OperandPlace place_operand(SharedBytes& bytes, int64_t columns, int64_t bits,
                           const BlockShape& shape);

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_HOST_PLAN_H_
