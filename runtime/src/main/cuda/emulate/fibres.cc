// Jumps from one fibre's stack to another's, which a fortified longjmp takes
// for an error.
#undef _FORTIFY_SOURCE
#include "emulate/fibres.h"

#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#define WB_ADDRESS_SANITIZER 1
#else
#define WB_ADDRESS_SANITIZER 0
#endif

namespace wavebridge::emulate {
namespace {

constexpr int kWarpLanes = 32;
constexpr size_t kStackBytes = 64 << 10;
constexpr size_t kGuardBytes = 256;
constexpr unsigned char kGuard = 0xa5;

struct Fibre;

/// Where fibres wait until as many have come as are expected.
struct Barrier {
  int expected = 0;
  std::vector<Fibre*> waiting = {};
};

struct Warp {
  Barrier barrier;
  uint64_t words[2][kWarpLanes] = {};
};

struct Block {
  int index = 0, row = 0, rank = 0;
  Barrier barrier;
  std::vector<Warp> warps;
  std::vector<unsigned char> memory;
  unsigned char* shared = nullptr;
  Barrier* cluster = nullptr;
  const std::vector<std::unique_ptr<Block>>* peers = nullptr;  ///< all blocks
  size_t first_peer = 0;                                       ///< of the cluster
};

struct Fibre {
  Block* block = nullptr;
  int thread = 0;
  uint64_t exchanges = 0;
  bool started = false;
  ucontext_t context = {};
  jmp_buf place = {};
  unsigned char* stack = nullptr;
  void* fake_stack = nullptr;  ///< of the address sanitizer
};

/// The kernel that runs; there is one at a time.
struct Run {
  Shape shape;
  const std::function<void()>* kernel = nullptr;
  std::vector<Fibre*> ready;
  Fibre* current = nullptr;
  Fibre main;
  const void* main_stack = nullptr;
  size_t main_stack_bytes = 0;
  uint64_t random = 0;

  uint64_t draw() {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    return random;
  }
};
Run* run_now = nullptr;

void start_switch(Fibre& from, const Fibre& to, bool ends) {
#if WB_ADDRESS_SANITIZER
  const void* stack = &to == &run_now->main ? run_now->main_stack : to.stack;
  const size_t bytes = &to == &run_now->main ? run_now->main_stack_bytes : kStackBytes;
  __sanitizer_start_switch_fiber(ends ? nullptr : &from.fake_stack, stack, bytes);
#else
  (void)from, (void)to, (void)ends;
#endif
}

void finish_switch(Fibre& to) {
#if WB_ADDRESS_SANITIZER
  const void* stack;
  size_t bytes;
  __sanitizer_finish_switch_fiber(to.fake_stack, &stack, &bytes);
  if (run_now->main_stack == nullptr) {
    run_now->main_stack = stack;
    run_now->main_stack_bytes = bytes;
  }
#else
  (void)to;
#endif
}

__attribute__((noinline)) void go(Fibre& from, Fibre& to, bool ends = false) {
  if (&from == &to) return;
  machine().switches++;
  run_now->current = &to;
  start_switch(from, to, ends);
#if WB_ADDRESS_SANITIZER
  // The sanitizer watches jumps, so it gets the slow way.
  swapcontext(&from.context, &to.context);
#else
  if (_setjmp(from.place) == 0) {
    if (to.started) _longjmp(to.place, 1);
    to.started = true;
    setcontext(&to.context);
  }
#endif
  finish_switch(from);
}

/// Another fibre that can run, or the main one where there is none.
Fibre& next_ready() {
  std::vector<Fibre*>& ready = run_now->ready;
  if (ready.empty()) return run_now->main;
  const size_t at = static_cast<size_t>(run_now->draw() % ready.size());
  Fibre* fibre = ready[at];
  ready[at] = ready.back();
  ready.pop_back();
  return *fibre;
}

void arrive(Barrier& barrier) {
  Fibre& self = *run_now->current;
  barrier.waiting.push_back(&self);
  if (static_cast<int>(barrier.waiting.size()) == barrier.expected) {
    run_now->ready.insert(run_now->ready.end(), barrier.waiting.begin(), barrier.waiting.end());
    barrier.waiting.clear();
  }
  go(self, next_ready());
}

void body() {
  finish_switch(*run_now->current);
  (*run_now->kernel)();
  go(*run_now->current, next_ready(), true);
}

/// Stacks are kept from run to run.
unsigned char* stack_of(size_t index) {
  static std::vector<unsigned char*> stacks;
  while (stacks.size() <= index) {
    void* memory =
        mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    stacks.push_back(static_cast<unsigned char*>(memory));
  }
  return stacks[index];
}

void set_up(const Shape& shape, std::vector<std::unique_ptr<Block>>& blocks,
            std::vector<Barrier>& clusters) {
  const int count = shape.blocks * shape.block_rows;
  clusters.assign(static_cast<size_t>((count + shape.cluster - 1) / shape.cluster), Barrier{});
  for (int i = 0; i < count; i++) {
    Block& block = *blocks.emplace_back(std::make_unique<Block>());
    block.index = i % shape.blocks;
    block.row = i / shape.blocks;
    block.rank = i % shape.cluster;
    block.barrier.expected = shape.threads;
    block.warps.resize(static_cast<size_t>(shape.threads / kWarpLanes));
    for (Warp& warp : block.warps) warp.barrier.expected = kWarpLanes;
    block.cluster = &clusters[static_cast<size_t>(i / shape.cluster)];
    block.cluster->expected = shape.threads * shape.cluster;
    block.peers = &blocks;
    block.first_peer = static_cast<size_t>(i - block.rank);
    // Memory that nobody wrote reads as NaN.
    block.memory.assign(shape.shared_bytes + 2 * kGuardBytes + 16, 0xff);
    void* start = block.memory.data() + kGuardBytes;
    size_t space = shape.shared_bytes + kGuardBytes + 16;
    block.shared = static_cast<unsigned char*>(std::align(16, shape.shared_bytes, start, space));
    std::memset(block.memory.data(), kGuard,
                static_cast<size_t>(block.shared - block.memory.data()));
    std::memset(block.shared + shape.shared_bytes, kGuard,
                static_cast<size_t>(block.memory.data() + block.memory.size() - block.shared) -
                    shape.shared_bytes);
  }
}

bool guarded(const Shape& shape, const Block& block) {
  const unsigned char* end = block.memory.data() + block.memory.size();
  const auto whole = [](unsigned char byte) { return byte == kGuard; };
  return std::all_of(block.memory.data(), static_cast<const unsigned char*>(block.shared), whole) &&
         std::all_of(static_cast<const unsigned char*>(block.shared) + shape.shared_bytes, end,
                     whole);
}

}  // namespace

Machine& machine() {
  static Machine the_machine;
  return the_machine;
}

void run(const Shape& shape, const std::function<void()>& kernel) {
  Run now;
  now.shape = shape;
  now.kernel = &kernel;
  now.random = machine().seed * 0x9e3779b97f4a7c15u + 1;
  std::vector<std::unique_ptr<Block>> blocks;
  std::vector<Barrier> clusters;
  set_up(shape, blocks, clusters);
  std::vector<std::unique_ptr<Fibre>> fibres;
  for (auto& block : blocks) {
    if (block->index == machine().missing_block) continue;
    for (int thread = 0; thread < shape.threads; thread++) {
      Fibre& fibre = *fibres.emplace_back(std::make_unique<Fibre>());
      fibre.block = block.get();
      fibre.thread = thread;
      fibre.stack = stack_of(fibres.size() - 1);
      getcontext(&fibre.context);
      fibre.context.uc_stack.ss_sp = fibre.stack;
      fibre.context.uc_stack.ss_size = kStackBytes;
      makecontext(&fibre.context, body, 0);
      now.ready.push_back(&fibre);
    }
  }
  now.main.started = true;
  run_now = &now;
  now.current = &now.main;
  go(now.main, next_ready());
  run_now = nullptr;

  for (const auto& block : blocks) {
    bool waits = !block->barrier.waiting.empty() || !block->cluster->waiting.empty();
    for (const Warp& warp : block->warps) waits = waits || !warp.barrier.waiting.empty();
    if (waits)
      throw std::runtime_error("block " + std::to_string(block->index) +
                               " waits for threads that never come");
    if (!guarded(shape, *block)) {
      throw std::runtime_error("block " + std::to_string(block->index) +
                               " wrote beyond its shared memory");
    }
  }
}

int thread_index() { return run_now->current->thread; }
int thread_count() { return run_now->shape.threads; }
int block_index() { return run_now->current->block->index; }
int block_row() { return run_now->current->block->row; }
int block_rows() { return run_now->shape.block_rows; }
int cluster_rank() { return run_now->current->block->rank; }
unsigned char* shared_memory() { return run_now->current->block->shared; }

void* in_peer(void* own, int peer) {
  const Block& block = *run_now->current->block;
  const std::ptrdiff_t offset = static_cast<unsigned char*>(own) - block.shared;
  return (*block.peers)[block.first_peer + static_cast<size_t>(peer)]->shared + offset;
}

void block_barrier() { arrive(run_now->current->block->barrier); }
void cluster_barrier() { arrive(*run_now->current->block->cluster); }
void warp_barrier() {
  Fibre& self = *run_now->current;
  arrive(self.block->warps[static_cast<size_t>(self.thread / kWarpLanes)].barrier);
}

void yield() {
  Fibre& self = *run_now->current;
  run_now->ready.push_back(&self);
  go(self, next_ready());
}

const uint64_t* exchange_in_warp(uint64_t word) {
  Fibre& self = *run_now->current;
  Warp& warp = self.block->warps[static_cast<size_t>(self.thread / kWarpLanes)];
  // Two sets, so that a lane may give its next word before all have read this
  // one.
  uint64_t* words = warp.words[self.exchanges++ % 2];
  words[self.thread % kWarpLanes] = word;
  arrive(warp.barrier);
  return words;
}

}  // namespace wavebridge::emulate
