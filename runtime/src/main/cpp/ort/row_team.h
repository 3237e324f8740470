#ifndef WAVEBRIDGE_ORT_ROW_TEAM_H_
#define WAVEBRIDGE_ORT_ROW_TEAM_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#include "wavebridge/packed_matrix.h"

namespace wavebridge::ort {

/// Divides the rows of a call among the threads that come to it. Rows of one thread share each pass
/// over the weights, so every thread should take as many as it can; but ONNX Runtime does not say
/// how many threads a session has. So the first to come waits a moment for the others, and those
/// who have come by then share the rows evenly. Who comes later finds nothing to do, and nobody
/// ever waits for one who has not come.
class RowTeam {
 public:
  RowTeam(int64_t rows, std::chrono::nanoseconds patience) : rows_(rows), patience_(patience) {}

  /// Called by each thread, as often as there are rows. Runs `body(first, count)` for tiles of at
  /// most kMostRowsInStep rows.
  template <typename Body>
  void join(const Body& body) noexcept {
    int64_t seat = seats_.load(std::memory_order_relaxed);
    do {
      if (seat >= rows_) return;
    } while (!seats_.compare_exchange_weak(seat, seat + 1, std::memory_order_relaxed));
    const int64_t team = wait_for_team(seat);
    const int64_t first = rows_ * seat / team;
    const int64_t end = rows_ * (seat + 1) / team;
    const int64_t tiles = (end - first + kMostRowsInStep - 1) / kMostRowsInStep;
    for (int64_t tile = 0; tile < tiles; tile++) {
      const int64_t from = first + (end - first) * tile / tiles;
      body(from, first + (end - first) * (tile + 1) / tiles - from);
    }
  }

 private:
  /// How many share the work. Seat 0 decides when to begin, by filling the seats that are left.
  int64_t wait_for_team(int64_t seat) noexcept {
    if (seat == 0) {
      const auto deadline = std::chrono::steady_clock::now() + patience_;
      while (seats_.load(std::memory_order_relaxed) < rows_ &&
             std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
      }
      const int64_t team = seats_.exchange(rows_, std::memory_order_relaxed);
      team_.store(team, std::memory_order_release);
      return team;
    }
    int64_t team;
    while ((team = team_.load(std::memory_order_acquire)) == 0) std::this_thread::yield();
    return team;
  }

  const int64_t rows_;
  const std::chrono::nanoseconds patience_;
  std::atomic<int64_t> seats_{0};
  std::atomic<int64_t> team_{0};
};

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_ROW_TEAM_H_
