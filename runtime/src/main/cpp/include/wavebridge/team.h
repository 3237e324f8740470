#ifndef WAVEBRIDGE_TEAM_H_
#define WAVEBRIDGE_TEAM_H_

#include <stddef.h>
#include <stdint.h>

namespace wavebridge {

/// Threads that may take the samples of a sequence together, at most.
inline constexpr int kMostMembers = 8;

/// How often each member has come to a meeting; each on a cache line of its own, so that coming is
/// one store.
struct Team {
  struct alignas(64) Arrivals {
    uint64_t count = 0;
  };
  Arrivals members[kMostMembers];
  /// The leader's word that this sample is the last, given before a sample's first meeting.
  uint32_t last = 0;
};

/// Waits until a count, which only grows, reaches `target`: a short while by looking, then by
/// letting others have the core. False if that was so long that a member must have lost its core.
bool wait_for(const uint64_t& count, uint64_t target) noexcept;

/// Bytes of scratch memory, each a multiple of 64.
struct ScratchSize {
  size_t shared;  ///< of a team
  size_t own;     ///< of each member

  size_t total() const { return shared + own; }
};

/// The place of a thread among those that take the samples of a row, or of the rows of a subscale
/// utterance, together. All do the same calls; each does its share of every product, and they meet
/// before one reads what others wrote. (The rows of a batch have one thread.)
struct Seat {
  void* shared = nullptr;  ///< aligned to 64 bytes, the same for all members
  void* own = nullptr;     ///< aligned to 64 bytes
  Team* team = nullptr;    ///< not read by a thread alone
  int32_t index = 0;       ///< 0 leads: it writes what leaves the call
  int32_t size = 1;        ///< 1..kMostMembers
  uint64_t meetings = 0;   ///< before this call, the same for all members
  bool waited = false;     ///< for a member whose core was taken away

  /// A thread alone, with `size.total()` bytes.
  static Seat alone(void* memory, ScratchSize size) {
    return {.shared = memory, .own = static_cast<unsigned char*>(memory) + size.shared};
  }
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_TEAM_H_
