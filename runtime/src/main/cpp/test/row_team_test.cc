// Rows are divided among whatever threads come: each row once, and nobody waits for the others.

#include "ort/row_team.h"

#include <chrono>
#include <thread>

#include "test/harness.h"

using namespace wavebridge;
using namespace wavebridge::ort;
using namespace wavebridge::test;

namespace {

/// `threads` threads join for each of the rows in turn, as ParallelFor has them do.
void check_team(int64_t rows, int threads, std::chrono::nanoseconds patience) {
  RowTeam team(rows, patience);
  std::vector<std::atomic<int>> done(static_cast<size_t>(rows));
  std::atomic<bool> too_large = false;
  const auto body = [&](int64_t first, int64_t count) noexcept {
    if (count < 1 || count > kMostRowsInStep) too_large = true;
    for (int64_t row = first; row < first + count; row++) done[static_cast<size_t>(row)]++;
  };
  std::atomic<int64_t> next = 0;
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; i++) {
    workers.emplace_back([&] {
      while (next++ < rows) team.join(body);
    });
  }
  for (auto& worker : workers) worker.join();
  CHECK(!too_large);
  for (const auto& count : done) CHECK_EQUAL(int64_t{1}, int64_t{count});
}

}  // namespace

WB_TEST(each_row_once) {
  for (const int64_t rows : {1, 2, 3, 5, 16, 17, 64, 100}) {
    for (const int threads : {1, 2, 3, 8}) {
      check_team(rows, threads, std::chrono::nanoseconds(0));
      check_team(rows, threads, std::chrono::milliseconds(1));
    }
  }
}

WB_TEST(one_thread_takes_all_rows_in_full_tiles) {
  RowTeam team(32, std::chrono::nanoseconds(0));
  std::vector<int64_t> counts;
  team.join([&](int64_t, int64_t count) noexcept { counts.push_back(count); });
  CHECK(counts == (std::vector<int64_t>{16, 16}));
  team.join([&](int64_t, int64_t count) noexcept { counts.push_back(count); });
  CHECK_EQUAL(int64_t{2}, static_cast<int64_t>(counts.size()));
}

int main() { return run_all(); }
