#ifndef WAVEBRIDGE_TEST_TEAM_RUNNER_H_
#define WAVEBRIDGE_TEST_TEAM_RUNNER_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "test/weights.h"
#include "wavebridge/team.h"

namespace wavebridge::test {

/// The threads of all teams of a program. They start once: an emulator keeps the memory of every
/// thread that ever was.
class TeamThreads {
 public:
  static TeamThreads& of_program() {
    static TeamThreads threads;
    return threads;
  }

  ~TeamThreads() {
    {
      const std::lock_guard lock(mutex_);
      ends_ = true;
    }
    begun_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  /// Runs `task(index)` for all indices below `count`, each on a thread of its own.
  void run(int32_t count, const std::function<void(int32_t)>& task) {
    const std::lock_guard alone(runs_);
    std::unique_lock lock(mutex_);
    while (static_cast<int32_t>(threads_.size()) < count) {
      const int32_t index = static_cast<int32_t>(threads_.size());
      threads_.emplace_back([this, index, seen = round_] { work(index, seen); });
    }
    task_ = &task;
    count_ = count;
    running_ = count;
    round_++;
    begun_.notify_all();
    ended_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  TeamThreads() = default;

  void work(int32_t index, int64_t seen) {
    std::unique_lock lock(mutex_);
    while (true) {
      begun_.wait(lock, [&] { return ends_ || round_ != seen; });
      if (ends_) return;
      seen = round_;
      if (index >= count_) continue;
      lock.unlock();
      (*task_)(index);
      lock.lock();
      if (--running_ == 0) ended_.notify_all();
    }
  }

  std::mutex runs_;
  std::mutex mutex_;
  std::condition_variable begun_, ended_;
  std::vector<std::thread> threads_;
  const std::function<void(int32_t)>* task_ = nullptr;
  int64_t round_ = 0;
  int32_t count_ = 0, running_ = 0;
  bool ends_ = false;
};

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
    TeamThreads::of_program().run(members_, [&](int32_t index) {
      const int64_t count =
          body({.shared = memory_.get(),
                .own = memory_.get() + size_.shared + static_cast<size_t>(index) * size_.own,
                .team = &team,
                .index = index,
                .size = members_});
      if (index == 0) taken = count;
    });
    return taken;
  }

 private:
  const int32_t members_;
  const ScratchSize size_;
  const AlignedArray<unsigned char> memory_;
};

}  // namespace wavebridge::test

#endif  // WAVEBRIDGE_TEST_TEAM_RUNNER_H_
