// A sequence is taken by whatever threads come: every sample once, by the members that the leader
// asked for, and nobody waits for the others.

#include "ort/sample_team.h"

#include <thread>
#include <vector>

#include "test/harness.h"

using namespace wavebridge;
using namespace wavebridge::ort;
using namespace wavebridge::test;

namespace {

/// Members come together twice, as kernels do.
void meet(Seat& seat) {
  for (int i = 0; i < 2 && seat.size > 1; i++) {
    seat.meetings++;
    __atomic_store_n(&seat.team->members[seat.index].count, seat.meetings, __ATOMIC_RELEASE);
    for (int32_t other = 0; other < seat.size; other++) {
      wait_for(seat.team->members[other].count, seat.meetings);
    }
  }
}

struct Outcome {
  std::vector<std::atomic<int>> led;      ///< for each sample, by the leader
  std::vector<std::atomic<int>> members;  ///< for each sample, by all
  std::vector<std::atomic<int>> sizes;

  explicit Outcome(size_t samples) : led(samples), members(samples), sizes(samples) {}
};

/// `threads` threads, each of which joins `times` times.
void check_team(int64_t samples, int64_t stretch, int threads, int times) {
  SampleTeam team(0, samples, stretch);
  Outcome outcome(static_cast<size_t>(samples));
  const auto body = [&](int64_t first, int64_t count, Seat seat) noexcept {
    for (int64_t i = first; i < first + count; i++) {
      const size_t at = static_cast<size_t>(i);
      if (seat.index == 0) {
        outcome.led[at]++;
        outcome.sizes[at] = seat.size;
      }
      outcome.members[at]++;
    }
    meet(seat);
    return count;
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; i++) {
    workers.emplace_back([&] {
      for (int k = 0; k < times; k++) team.join(body);
    });
  }
  for (auto& worker : workers) worker.join();
  for (size_t i = 0; i < static_cast<size_t>(samples); i++) {
    CHECK_EQUAL(int64_t{1}, int64_t{outcome.led[i]});
    CHECK_EQUAL(int64_t{outcome.sizes[i]}, int64_t{outcome.members[i]});
    CHECK(outcome.sizes[i] <= threads);
  }
}

}  // namespace

WB_TEST(each_sample_once_by_all_members_asked) {
  for (const int threads : {1, 2, 3, kMostMembers, kMostMembers + 3}) {
    for (const int64_t samples : {1, 7, 100, 1001}) check_team(samples, 7, threads, 3);
  }
}

WB_TEST(one_thread_does_not_wait) {
  SampleTeam team(50, 150, 30);
  std::vector<int64_t> counts;
  const auto body = [&](int64_t, int64_t count, const Seat& seat) noexcept {
    CHECK_EQUAL(int64_t{1}, int64_t{seat.size});
    counts.push_back(count);
    return count;
  };
  for (int i = 0; i < 8; i++) team.join(body);
  CHECK(counts == (std::vector<int64_t>(100, 1)));
}

WB_TEST(a_team_that_ends_early_says_where) {
  SampleTeam team(10, 100, 30);
  team.join([](int64_t first, int64_t count, const Seat&) noexcept {
    return first < 70 ? count : int64_t{0};
  });
  CHECK_EQUAL(int64_t{70}, team.end());
}

WB_TEST(the_faster_way_is_taken_and_the_other_tried_now_and_then) {
  for (const bool together_is_faster : {false, true}) {
    Pace pace;
    int together = 0;
    int stretches = 0;
    for (int i = 0; i < 200; i++) {
      const Pace::Way way = pace.next();
      stretches += way.stretches;
      together += way.together ? way.stretches : 0;
      pace.took(way.together, way.together == together_is_faster ? 1.0f : 2.0f);
    }
    const int slower = together_is_faster ? stretches - together : together;
    CHECK(slower >= 5);
    CHECK(slower < stretches / 40);
  }
}

WB_TEST(a_way_that_becomes_slow_is_left) {
  Pace pace;
  for (int i = 0; i < 100; i++) {
    const bool way = pace.next().together;
    pace.took(way, way ? 1.0f : 2.0f);
  }
  int together = 0;
  for (int i = 0; i < 100; i++) {
    const Pace::Way way = pace.next();
    together += way.together ? way.stretches : 0;
    pace.took(way.together, way.together ? 100.0f : 2.0f);
  }
  CHECK(together <= 4 + 7);
}

int main() { return run_all(); }
