#include <stdexcept>

#include "host/runtime_gpu.cuh"
#include "kernels/device.cuh"
#include "table.h"

// The measurement on which the design of the kernels rests: how long blocks need to tell each other
// something. Rounds of all-to-all exchanges of packets, through the second-level cache and through
// distributed shared memory, and barriers.

using namespace wavebridge;
using namespace wavebridge::cuda;
using namespace wavebridge::gpu_check;

namespace {

constexpr int kRounds = 2000;
constexpr int kThreads = 512;
constexpr int64_t kMostPolls = int64_t{1} << 20;

}  // namespace

/// The arrays that a measuring kernel works on.
struct Rounds {
  int values;         ///< of all blocks, that each round exchanges
  uint64_t* mailbox;  ///< [2, values]
  uint32_t* counter;
  uint32_t* failed;
};

/// Waits for a packet of a round; false if it does not come.
template <bool kCluster>
WB_DEVICE bool wait_for_round(const uint64_t* from, uint32_t round) {
  for (int64_t polls = 0; polls < kMostPolls; polls++) {
    const uint64_t packet = kCluster ? load_own_packet(from) : load_packet(from);
    if (static_cast<uint32_t>(packet >> 32) == round) return true;
  }
  return false;
}

/// Each block sends its share of the values and waits for all.
WB_KERNEL(kThreads) packet_rounds(const WB_GRID_CONSTANT Rounds of) {
  const int blocks = static_cast<int>(gridDim.x);
  bool come = true;
  for (uint32_t round = 1; round <= kRounds && come; round++) {
    uint64_t* mailbox = of.mailbox + (round & 1) * static_cast<uint32_t>(of.values);
    for (int i = block_index() + thread_index() * blocks; i < of.values; i += kThreads * blocks) {
      store_packet(mailbox + i, uint64_t{round} << 32);
    }
    for (int i = thread_index(); i < of.values && come; i += kThreads)
      come = wait_for_round<false>(mailbox + i, round);
    come = __syncthreads_and(come ? 1 : 0) != 0;
  }
  if (!come) store_flag(of.failed, 1);
}

/// The same in a cluster.
WB_KERNEL(kThreads) cluster_rounds(const WB_GRID_CONSTANT Rounds of) {
  const int blocks = static_cast<int>(gridDim.x);
  uint64_t* own = reinterpret_cast<uint64_t*>(shared_memory());
  for (int i = thread_index(); i < 2 * of.values; i += kThreads) own[i] = 0;
  cluster_barrier();
  bool come = true;
  for (uint32_t round = 1; round <= kRounds && come; round++) {
    uint64_t* mailbox = own + (round & 1) * static_cast<uint32_t>(of.values);
    for (int i = thread_index(); i < of.values; i += kThreads) {
      // Thread i sends value i / blocks of this block's share to block i mod blocks.
      const int value = i / blocks * blocks + block_index();
      if (value < of.values) store_peer_packet(mailbox + value, i % blocks, uint64_t{round} << 32);
    }
    for (int i = thread_index(); i < of.values && come; i += kThreads)
      come = wait_for_round<true>(mailbox + i, round);
    come = __syncthreads_and(come ? 1 : 0) != 0;
  }
  if (!come) store_flag(of.failed, 1);
  cluster_barrier();
}

/// A barrier of the grid by a counter that only grows.
WB_KERNEL(kThreads) counter_rounds(const WB_GRID_CONSTANT Rounds of) {
  bool come = true;
  for (uint32_t round = 1; round <= kRounds && come; round++) {
    block_barrier();
    if (thread_index() == 0) {
      __threadfence();
      atomicAdd(of.counter, 1);
      come = false;
      for (int64_t polls = 0; polls < kMostPolls && !come; polls++)
        come = load_flag(of.counter) >= round * gridDim.x;
      __threadfence();
    }
    come = __syncthreads_and(come ? 1 : 0) != 0;
  }
  if (!come) store_flag(of.failed, 1);
}

WB_KERNEL(kThreads) cluster_barrier_rounds(const WB_GRID_CONSTANT Rounds) {
  for (int round = 0; round < kRounds; round++) cluster_barrier();
}

WB_KERNEL(kThreads) block_barrier_rounds(const WB_GRID_CONSTANT Rounds) {
  for (int round = 0; round < kRounds; round++) block_barrier();
}

namespace {

void require(const Result& result) {
  if (!result.ok()) throw std::runtime_error(result.message);
}

double seconds_of(void (*kernel)(Rounds), const runtime::Grid& grid, const Rounds& rounds) {
  cudaEvent_t before, after;
  cudaEventCreate(&before);
  cudaEventCreate(&after);
  cudaEventRecord(before);
  const Result result = runtime::launch(kernel, grid, rounds, nullptr);
  cudaEventRecord(after);
  const cudaError_t error = cudaEventSynchronize(after);
  float milliseconds = 0;
  cudaEventElapsedTime(&milliseconds, before, after);
  cudaEventDestroy(before);
  cudaEventDestroy(after);
  require(result);
  if (error != cudaSuccess) throw std::runtime_error(cudaGetErrorString(error));
  return milliseconds / 1000.0;
}

void measure(const std::string& name, void (*kernel)(Rounds), runtime::Grid grid, int values,
             Table& table) {
  try {
    runtime::Memory memory;
    const size_t bytes = 16 * static_cast<size_t>(values) + 8;
    require(runtime::allocate(bytes, memory));
    uint64_t* mailbox = static_cast<uint64_t*>(memory.get());
    uint32_t* flags = reinterpret_cast<uint32_t*>(mailbox + 2 * values);
    grid.threads = kThreads;
    grid.shared_bytes = grid.cluster > 1 ? 16 * values : 0;
    require(runtime::permit(kernel, grid));
    std::vector<double> seconds;
    for (int i = 0; i < 10; i++) {
      require(runtime::clear(memory.get(), bytes, nullptr));
      const double taken = seconds_of(kernel, grid, {values, mailbox, flags, flags + 1});
      uint32_t failed = 0;
      require(runtime::download(&failed, flags + 1, sizeof failed, nullptr));
      if (failed != 0) throw std::runtime_error("a packet did not come");
      if (i > 0) seconds.push_back(taken);
    }
    table.add({Table::text("rounds of", name), Table::number("blocks", grid.blocks, 0),
               Table::number("values", values, 0),
               Table::number("ns/round", median(seconds) / kRounds * 1e9, 1)});
  } catch (const std::exception& e) {
    table.add({Table::text("rounds of", name + ": failed: " + e.what()),
               Table::number("blocks", grid.blocks, 0), Table::number("values", values, 0),
               Table::number("ns/round", 0, 1)});
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: gpu_latency RESULT.json\n";
    return 2;
  }
  runtime::Limits limits{};
  const Result result = runtime::limits(limits);
  if (!result.ok()) {
    std::cerr << result.message << "\n";
    return 4;
  }
  Table table;
  for (const int blocks : {16, 32, 64, 112, limits.multiprocessors}) {
    if (blocks > limits.multiprocessors) continue;
    const runtime::Grid grid = {.blocks = blocks, .together = true};
    for (const int values : {256, 448, 448 * 16})
      measure("packets in the second-level cache", packet_rounds, grid, values, table);
    measure("a counter in the second-level cache", counter_rounds, grid, 1, table);
  }
  for (const int blocks : {8, 16}) {
    if (blocks > limits.largest_cluster) continue;
    const runtime::Grid grid = {.blocks = blocks, .cluster = blocks};
    for (const int values : {256, 448})
      measure("packets in distributed shared memory", cluster_rounds, grid, values, table);
    measure("the barrier of a cluster", cluster_barrier_rounds, grid, 1, table);
  }
  measure("the barrier of a block", block_barrier_rounds, {.blocks = 1}, 1, table);
  if (table.write(arguments[1])) return 0;
  std::cerr << arguments[1] << ": cannot be written\n";
  return 1;
}
