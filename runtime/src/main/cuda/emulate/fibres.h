#ifndef WAVEBRIDGE_EMULATE_FIBRES_H_
#define WAVEBRIDGE_EMULATE_FIBRES_H_

#include <cstddef>
#include <cstdint>
#include <functional>

// A GPU in one host thread: every thread of a kernel is a fibre. A fibre runs
// until it has to wait, and who runs next is drawn by a seed; so kernels that
// lack a barrier give other results under other seeds.

namespace wavebridge::emulate {

struct Shape {
  int blocks = 1;
  int block_rows = 1;  ///< second dimension of the grid
  int threads = 32;    ///< a multiple of 32
  size_t shared_bytes = 0;
  int cluster = 1;  ///< blocks of a cluster
};

/// The changes that a test may make to the machine.
struct Machine {
  uint64_t seed = 1;
  int missing_block = -1;  ///< a block that is never started
  uint64_t switches = 0;   ///< how often fibres changed, for reports
};
Machine& machine();

/// Runs a kernel to its end. Throws std::runtime_error if threads wait for each
/// other in vain, or if a block writes beyond its shared memory.
void run(const Shape& shape, const std::function<void()>& kernel);

// For a running fibre.

int thread_index();
int thread_count();
int block_index();
int block_row();
int block_rows();
int cluster_rank();
unsigned char* shared_memory();
/// The same place in another block of the cluster.
void* in_peer(void* own, int peer);
void block_barrier();
void cluster_barrier();
void warp_barrier();
/// Lets another fibre run.
void yield();
/// Words of the warp's lanes, of which each has just given one; they stay until
/// the next call.
const uint64_t* exchange_in_warp(uint64_t word);

}  // namespace wavebridge::emulate

#endif  // WAVEBRIDGE_EMULATE_FIBRES_H_
