#ifndef WAVEBRIDGE_CUDA_EXCHANGE_CUH_
#define WAVEBRIDGE_CUDA_EXCHANGE_CUH_

#include "kernels/block.cuh"
#include "wavebridge_cuda/launch.h"

// How the blocks of a group tell each other what they computed: packets of a value and the number
// of the step. Every block sends something in every step and waits for all that is sent in each
// phase. With two sets of places, for odd and even steps, a block that writes step t + 2 therefore
// knows that all have read step t. One set is enough where every block sends in two phases: between
// two values of a place lies another phase, for which it has sent something after it had read the
// first.

namespace wavebridge::cuda {

/// Through the second-level cache, between the blocks of a grid.
struct PacketExchange {
  static constexpr bool kCluster = false;
  WB_DEVICE static int rank(const StepArguments& arguments) {
    return block_index() % arguments.blocks;
  }
  WB_DEVICE static int group(const StepArguments& arguments) {
    return block_index() / arguments.blocks;
  }
  WB_DEVICE static uint64_t* mailbox(const Block& block) {
    const int64_t size = (int64_t{block.arguments.sets} * block.arguments.values)
                         << block.arguments.row_shift;
    return block.arguments.mailboxes + group(block.arguments) * size;
  }
  WB_DEVICE static uint64_t load(const uint64_t* from) { return load_packet(from); }
  /// Every lane of a row has the value; each row of the batch has one lane that
  /// sends it.
  WB_DEVICE static void send(const Block&, uint64_t* to, int row, int lane, uint64_t packet) {
    if (row % kRowLanes == lane) store_packet(to, packet);
  }
  WB_DEVICE static void begin() {}
  WB_DEVICE static void end() {}
};

/// Through distributed shared memory, between the blocks of a cluster: each has
/// all values.
struct ClusterExchange {
  static constexpr bool kCluster = true;
  WB_DEVICE static int rank(const StepArguments&) { return cluster_rank(); }
  WB_DEVICE static int group(const StepArguments& arguments) {
    return block_index() / arguments.blocks;
  }
  WB_DEVICE static uint64_t* mailbox(const Block& block) {
    return block.at<uint64_t>(block.arguments.mailbox);
  }
  WB_DEVICE static uint64_t load(const uint64_t* from) { return load_own_packet(from); }
  WB_DEVICE static void send(const Block& block, uint64_t* to, int, int lane, uint64_t packet) {
    for (int peer = lane; peer < block.arguments.blocks; peer += kRowLanes)
      store_peer_packet(to, peer, packet);
  }
  /// No block writes into another's memory before that is cleared, or after it
  /// may have left.
  WB_DEVICE static void begin() { cluster_barrier(); }
  WB_DEVICE static void end() { cluster_barrier(); }
};

/// Where a step's value `index` of row 0 lies.
template <typename Exchange>
WB_DEVICE uint64_t* packets_of(const Block& block, uint32_t step, uint32_t index) {
  const uint64_t set = step & (block.arguments.sets - 1);
  return Exchange::mailbox(block) +
         ((set * block.arguments.values + index) << block.arguments.row_shift);
}

/// Sends a value that the lanes `lane` of a row have in common.
template <typename Exchange>
WB_DEVICE void publish(const Block& block, uint32_t step, uint32_t index, int row, int lane,
                       float value) {
  const uint64_t packet = uint64_t{step + 1} << 32 | bits(value);
  Exchange::send(block, packets_of<Exchange>(block, step, index) + row, row, lane, packet);
}

/// The same of a value that one thread has.
template <typename Exchange>
WB_DEVICE void publish_alone(const Block& block, uint32_t step, uint32_t index, int row,
                             float value) {
#pragma unroll
  for (int lane = 0; lane < kRowLanes; lane++)
    publish<Exchange>(block, step, index, row, lane, value);
}

/// The value of a packet when it has come. One that does not come within bounds
/// makes the block fail, and all others with it; then values mean nothing until
/// the block leaves at the end of the step.
template <typename Exchange>
WB_DEVICE_CALL float wait_for(const uint64_t* from, uint32_t step) {
  const Block block = block_here();
  volatile uint32_t& failed = block.state.failed;
  for (uint64_t polls = 0; failed == 0; polls++) {
    const uint64_t packet = Exchange::load(from);
    if (static_cast<uint32_t>(packet >> 32) == step + 1)
      return from_bits(static_cast<uint32_t>(packet));
    if (polls % 1024 == 1023 && load_flag(block.arguments.status) != 0) failed = 1;
    if (polls >= block.arguments.most_polls) {
      store_flag(block.arguments.status, static_cast<uint32_t>(Status::kExchangeTimedOut));
      failed = 1;
    }
  }
  return 0.0f;
}

/// Gives values `first`..`first + count` of all rows to `use(index, row,
/// value)`. The thread that has value i of a row is always that of place `i *
/// places + row`.
template <typename Exchange, typename Use>
WB_DEVICE void collect(const Block& block, uint32_t step, uint32_t first, int count,
                       const Use& use) {
  constexpr int kTogether = 4;
  // No lane looks for what another one of its warp has not sent yet.
  warp_barrier();
  const uint64_t* from = packets_of<Exchange>(block, step, first);
  const int shift = block.arguments.row_shift, rows = block.state.rows;
  const int threads = thread_count(), total = count << shift;
  for (int start = thread_index(); start < total; start += kTogether * threads) {
    // Several looks at once, since most come in vain or late.
    uint64_t packets[kTogether];
#pragma unroll
    for (int i = 0; i < kTogether; i++) {
      const int at = start + i * threads;
      packets[i] = at < total ? Exchange::load(from + at) : 0;
    }
#pragma unroll
    for (int i = 0; i < kTogether; i++) {
      const int at = start + i * threads, row = at & ((1 << shift) - 1);
      if (at >= total || row >= rows) continue;
      const bool come = static_cast<uint32_t>(packets[i] >> 32) == step + 1;
      const float value =
          come ? from_bits(static_cast<uint32_t>(packets[i])) : wait_for<Exchange>(from + at, step);
      use(at >> shift, row, value);
    }
  }
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_EXCHANGE_CUH_
