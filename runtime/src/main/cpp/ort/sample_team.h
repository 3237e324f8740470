#ifndef WAVEBRIDGE_ORT_SAMPLE_TEAM_H_
#define WAVEBRIDGE_ORT_SAMPLE_TEAM_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "wavebridge/team.h"

namespace wavebridge::ort {

/// The cost of a sample of one sequence, for a thread alone and for several together, as far as is
/// known. Small networks are faster alone, and so is any network while another program holds a
/// core; so the other way is tried for a moment now and then: soon after the best one has changed,
/// and ever less often while it stays. Calls may share it, whichever threads they run on.
class Pace {
 public:
  struct Way {
    bool together;
    int32_t stretches;
  };

  /// How to take the next stretches.
  Way next() noexcept {
    const float alone = cost(false);
    const float together = cost(true);
    if (together == 0.0f) return {true, 1};
    if (alone == 0.0f) return {false, 1};
    if (turns_.fetch_sub(1, std::memory_order_relaxed) <= 0) return {!best(), 1};
    return {best(), kStretches};
  }

  /// Nanoseconds a sample.
  void took(bool together, float cost) noexcept {
    const bool before = best();
    costs_[together ? 1 : 0].store(std::max(cost, 1e-3f), std::memory_order_relaxed);
    const bool changed = best() != before;
    if (!changed && together == before) return;
    const int32_t pause =
        changed ? 1 : std::min(2 * pause_.load(std::memory_order_relaxed), kMostTurns);
    pause_.store(pause, std::memory_order_relaxed);
    turns_.store(pause, std::memory_order_relaxed);
  }

 private:
  static constexpr int32_t kMostTurns = 32;
  static constexpr int32_t kStretches = 4;

  float cost(bool together) const {
    return costs_[together ? 1 : 0].load(std::memory_order_relaxed);
  }
  /// Whether together is best.
  bool best() const { return cost(true) < cost(false); }

  std::atomic<float> costs_[2] = {0.0f, 0.0f};
  std::atomic<int32_t> pause_{1};  ///< turns of the best way from one trial to the next
  std::atomic<int32_t> turns_{1};  ///< turns until then
};

/// Takes one sequence with whatever threads come. The first leads; stretch by stretch it goes on
/// with those who have come by then. Nobody ever waits for a thread that has not come, and a team
/// whose members keep each other waiting ends early.
class SampleTeam {
 public:
  /// For samples `first`..`end`, in stretches of `stretch`.
  SampleTeam(int64_t first, int64_t end, int64_t stretch)
      : first_(first), end_(end), stretch_(stretch) {}

  /// Called by each thread, once or more. Runs `body(first, count, seat)`, with the seat's memory
  /// still to be given, for stretches of samples; the body returns how many it took. Returns when
  /// there is nothing left to join.
  template <typename Body>
  void join(const Body& body) noexcept {
    const int32_t index = seats_.fetch_add(1, std::memory_order_acq_rel);
    if (index == 0) {
      lead(body);
    } else if (index < kMostMembers) {
      follow(index, body);
    }
  }

  /// The first sample that is not made, when all threads have returned.
  int64_t end() const { return first_; }
  /// Nanoseconds a sample for those that several took; a high price if nobody came.
  float cost() const {
    return together_ == 0 ? 1e12f : nanoseconds_.count() / static_cast<float>(together_);
  }

 private:
  /// An order says how many shall take the next stretch, and differs from the one before.
  static constexpr uint64_t kDone = UINT64_MAX;
  static constexpr int kSizeBits = 8;

  template <typename Body>
  void lead(const Body& body) noexcept {
    for (bool more = true; more && first_ < end_;) {
      const int32_t size = std::min(seats_.load(std::memory_order_acquire), int32_t{kMostMembers});
      // Alone in small steps, as somebody may be on the way.
      count_ = std::min(size > 1 ? stretch_ : (stretch_ + 63) / 64, end_ - first_);
      if (size > 1) {
        orders_++;
        __atomic_store_n(&order_, orders_ << kSizeBits | static_cast<uint64_t>(size),
                         __ATOMIC_RELEASE);
      }
      const auto start = std::chrono::steady_clock::now();
      const int64_t taken = body(first_, count_, seat_of(0, size));
      if (size > 1) {
        nanoseconds_ += std::chrono::steady_clock::now() - start;
        together_ += taken;
      }
      meetings_ = team_.members[0].count;
      first_ += taken;
      more = taken == count_;
    }
    __atomic_store_n(&order_, kDone, __ATOMIC_RELEASE);
  }

  template <typename Body>
  void follow(int32_t index, const Body& body) noexcept {
    uint64_t order = 0;
    while (true) {
      wait_for(order_, order + 1);
      order = __atomic_load_n(&order_, __ATOMIC_ACQUIRE);
      if (order == kDone) return;
      const int32_t size = static_cast<int32_t>(order & ((1 << kSizeBits) - 1));
      // Without this member the leader goes on at once, and nothing here may be read.
      if (index < size) body(first_, count_, seat_of(index, size));
    }
  }

  Seat seat_of(int32_t index, int32_t size) noexcept {
    return {.shared = nullptr,
            .own = nullptr,
            .team = &team_,
            .index = index,
            .size = size,
            .meetings = meetings_};
  }

  // The leader's, and what an order's members may read.
  int64_t first_;
  int64_t count_ = 0;
  uint64_t orders_ = 0;
  uint64_t meetings_ = 0;

  std::chrono::duration<float, std::nano> nanoseconds_{0};  ///< for the samples that follow
  int64_t together_ = 0;
  const int64_t end_;
  const int64_t stretch_;
  Team team_;
  std::atomic<int32_t> seats_{0};
  alignas(64) uint64_t order_ = 0;
};

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_SAMPLE_TEAM_H_
