#ifndef WAVEBRIDGE_TEST_TEAM_RUNNER_H_
#define WAVEBRIDGE_TEST_TEAM_RUNNER_H_

#include <functional>
#include <thread>
#include <vector>

#include "test/weights.h"
#include "wavebridge/team.h"

namespace wavebridge::test {

/// Members of a team, each on a thread of its own, and their scratch memory.
class TeamRunner {
 public:
  TeamRunner(int32_t members, ScratchSize size)
      : members_(members),
        size_(size),
        memory_(spoiled_memory(size.shared + static_cast<size_t>(members) * size.own)) {}

  /// Runs `body(seat)` for each member and returns what the leader does: how much was taken.
  int64_t run(const std::function<int64_t(const Seat&)>& body) {
    Team team;
    int64_t taken = 0;
    std::vector<std::thread> threads;
    for (int32_t index = 0; index < members_; index++) {
      threads.emplace_back([&, index] {
        const int64_t count =
            body({.shared = memory_.get(),
                  .own = memory_.get() + size_.shared + static_cast<size_t>(index) * size_.own,
                  .team = &team,
                  .index = index,
                  .size = members_});
        if (index == 0) taken = count;
      });
    }
    for (std::thread& thread : threads) thread.join();
    return taken;
  }

 private:
  const int32_t members_;
  const ScratchSize size_;
  const AlignedArray<unsigned char> memory_;
};

}  // namespace wavebridge::test

#endif  // WAVEBRIDGE_TEST_TEAM_RUNNER_H_
