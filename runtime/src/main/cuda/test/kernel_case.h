#ifndef WAVEBRIDGE_CUDA_TEST_KERNEL_CASE_H_
#define WAVEBRIDGE_CUDA_TEST_KERNEL_CASE_H_

#ifndef WAVEBRIDGE_ON_A_GPU
#include "emulate/fibres.h"
#endif
#include "test/described.h"
#include "test/device_array.h"
#include "test/harness.h"
#include "test/reference.h"

namespace wavebridge::test {

/// Options for small blocks. On the emulated GPU polls are few, as it is slow and all its blocks
/// run.
inline cuda::Options options_of(cuda::Variant variant, size_t rows, int threads = 64,
                                int blocks = 0) {
  cuda::Options options;
  options.variant = variant;
  options.most_rows = static_cast<int32_t>(rows);
  options.threads = threads;
  options.most_blocks = blocks;
#ifndef WAVEBRIDGE_ON_A_GPU
  options.most_polls = 100000;
#endif
  return options;
}

inline std::string name_of(cuda::Variant variant) {
  return variant == cuda::Variant::kCluster ? "cluster" : "packets";
}

/// The part of a batch's values that is a row's.
inline std::vector<float> of_row(const std::vector<float>& values, size_t row, size_t rows) {
  return reference::part(values, row * (values.size() / rows), values.size() / rows);
}

/// Adds a row's run to those before it.
inline void append(const reference::Run& run, reference::Run& all) {
  const auto add = [](const std::vector<float>& from, std::vector<float>& to) {
    to.insert(to.end(), from.begin(), from.end());
  };
  add(run.audio, all.audio);
  add(run.logits, all.logits);
  add(run.previous, all.previous);
  add(run.state, all.state);
}

/// A result without a fault: of the call, and of the kernels.
inline void check_good(const std::string& what, const cuda::Result& result, uint32_t status) {
  CHECK_EQUAL(what + ": ", what + ": " + result.message);
  CHECK_EQUAL(int64_t{0}, int64_t{status});
}

inline void check_run(const std::string& what, bool score, const reference::Run& expected,
                      const reference::Run& found) {
  if (!score) CHECK_SAME_BITS(what + ": audio", expected.audio, found.audio);
  CHECK_SAME_BITS(what + ": logits", expected.logits, found.logits);
  CHECK_SAME_BITS(what + ": previous", expected.previous, found.previous);
  CHECK_SAME_BITS(what + ": state", expected.state, found.state);
}

/// Sets the emulated machine for a while; a real one runs its threads as it likes.
class Emulated {
 public:
#ifndef WAVEBRIDGE_ON_A_GPU
  explicit Emulated(uint64_t seed, int missing_block = -1) {
    emulate::machine().seed = seed;
    emulate::machine().missing_block = missing_block;
  }
  ~Emulated() { emulate::machine() = {}; }
#else
  explicit Emulated(uint64_t) {}
#endif
};

}  // namespace wavebridge::test

#endif  // WAVEBRIDGE_CUDA_TEST_KERNEL_CASE_H_
