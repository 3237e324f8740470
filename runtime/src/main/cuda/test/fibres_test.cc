#include "emulate/fibres.h"

#include <set>
#include <stdexcept>

#include "emulate/device_host.h"
#include "test/harness.h"

// The emulated GPU itself: that it finds what it is there to find.

using namespace wavebridge;
using namespace wavebridge::cuda;

namespace {

/// The message of a run, or an empty string.
std::string message_of(const emulate::Shape& shape, const std::function<void()>& kernel) {
  try {
    emulate::run(shape, kernel);
    return "";
  } catch (const std::runtime_error& e) {
    return e.what();
  }
}

}  // namespace

WB_TEST(every_thread_runs_once) {
  std::vector<int> runs(3 * 2 * 64);
  CHECK_EQUAL(
      std::string(),
      message_of({.blocks = 3, .block_rows = 2, .threads = 64, .shared_bytes = 0, .cluster = 1},
                 [&] {
                   runs[static_cast<size_t>((block_row() * 3 + block_index()) * thread_count() +
                                            thread_index())]++;
                 }));
  for (const int count : runs) CHECK_EQUAL(int64_t{1}, int64_t{count});
}

WB_TEST(lanes_exchange) {
  CHECK_EQUAL(
      std::string(),
      message_of({.blocks = 1, .block_rows = 1, .threads = 64, .shared_bytes = 0, .cluster = 1},
                 [&] {
                   const int lane = thread_index() % kWarp;
                   for (int round = 0; round < 5; round++) {
                     CHECK(shuffle_xor(lane + round, 5) == (lane ^ 5) + round);
                     CHECK(shuffle_up(lane, 4) == (lane < 4 ? lane : lane - 4));
                     CHECK(shuffle(0.5f * static_cast<float>(lane), 7) == 3.5f);
                     CHECK(ballot(lane % 2 == 0) == 0x55555555u);
                   }
                 }));
}

WB_TEST(a_missing_barrier_shows) {
  // Thread 0 reads what thread 63 writes. With a barrier all orders agree, without one they do not.
  for (const bool with_barrier : {true, false}) {
    std::set<int> seen;
    for (uint64_t seed = 1; seed <= 20; seed++) {
      emulate::machine().seed = seed;
      int read = -1;
      emulate::run({.blocks = 1, .block_rows = 1, .threads = 64, .shared_bytes = 16, .cluster = 1},
                   [&] {
                     int* shared = reinterpret_cast<int*>(shared_memory());
                     if (thread_index() == 63) *shared = 7;
                     if (with_barrier) block_barrier();
                     if (thread_index() == 0) read = *shared;
                   });
      seen.insert(read);
    }
    emulate::machine() = {};
    CHECK_EQUAL(int64_t{with_barrier ? 1 : 2}, static_cast<int64_t>(seen.size()));
  }
}

WB_TEST(threads_that_never_come_are_named) {
  const std::string message = message_of(
      {.blocks = 2, .block_rows = 1, .threads = 32, .shared_bytes = 0, .cluster = 1}, [&] {
        if (block_index() == 0 || thread_index() != 3) block_barrier();
      });
  CHECK_EQUAL(std::string("block 1 waits for threads that never come"), message);
}

WB_TEST(writing_beyond_shared_memory_is_found) {
  for (const int at : {-1, 64}) {
    const std::string message = message_of(
        {.blocks = 1, .block_rows = 1, .threads = 32, .shared_bytes = 64, .cluster = 1}, [&] {
          if (thread_index() == 5) shared_memory()[at] = 1;
        });
    CHECK_EQUAL(std::string("block 0 wrote beyond its shared memory"), message);
  }
}

WB_TEST(blocks_of_a_cluster_share) {
  std::vector<uint64_t> sums(6);
  CHECK_EQUAL(
      std::string(),
      message_of({.blocks = 6, .block_rows = 1, .threads = 32, .shared_bytes = 64, .cluster = 3},
                 [&] {
                   uint64_t* own = reinterpret_cast<uint64_t*>(shared_memory());
                   if (thread_index() < 3) {
                     store_peer_packet(own + cluster_rank(), thread_index(),
                                       static_cast<uint64_t>(block_index() + 1));
                   }
                   cluster_barrier();
                   if (thread_index() == 0)
                     sums[static_cast<size_t>(block_index())] = own[0] * 100 + own[1] * 10 + own[2];
                 }));
  CHECK(sums == (std::vector<uint64_t>{123, 123, 123, 456, 456, 456}));
}

int main() { return wavebridge::test::run_all(); }
