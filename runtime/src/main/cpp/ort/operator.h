#ifndef WAVEBRIDGE_ORT_OPERATOR_H_
#define WAVEBRIDGE_ORT_OPERATOR_H_

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ort/node_reader.h"
#include "ort/row_team.h"
#include "ort/sample_team.h"
#include "ort/tensor.h"
#include "wavebridge/kernels.h"

namespace wavebridge::ort {

/// Uninitialised scratch memory, aligned for the kernels.
inline AlignedArray<unsigned char> scratch(size_t bytes) {
  return AlignedArray<unsigned char>(static_cast<unsigned char*>(aligned_memory(bytes)));
}

/// One call of an operator: its inputs, outputs and threads.
class Call {
 public:
  /// `node` starts every message.
  Call(const OrtApi& api, OrtKernelContext& context, const OperatorSpec& spec,
       const std::string& node)
      : api_(api), context_(context), spec_(spec), node_(node) {}

  /// Input `index`, refused unless it has the expected shape.
  Tensor input(size_t index, const Shape& shape) const;
  /// Output `index`.
  float* output(size_t index, const std::vector<int64_t>& shape) const;
  /// Output `index` with the shape and contents of an input, to be updated in place.
  float* copied_output(size_t index, const Tensor& input) const;
  /// Temperatures: so many positive and finite numbers.
  const float* temperatures(size_t index, const Dimension& count) const;
  /// Refuses with a message about this node.
  [[noreturn]] void refuse(const std::string& message) const;

  /// Runs `body(i)` for i in 0..count on the session's threads. The body must not throw.
  template <typename Body>
  void parallel(int64_t count, const Body& body) const {
    static_assert(noexcept(body(size_t{0})));
    if (count == 1) {
      body(0);
    } else if (count > 1) {
      const auto run = [](void* data, size_t i) { (*static_cast<const Body*>(data))(i); };
      require(api_, api_.KernelContext_ParallelFor(&context_, run, static_cast<size_t>(count), 0,
                                                   const_cast<Body*>(&body)));
    }
  }

  /// Runs a batch of `rows` rows of `samples` samples on the session's threads:
  /// `body(row, rows, first, samples, seat)` for a tile of rows from its first sample to its last,
  /// or for a stretch of a single row; it returns how many samples it took. A row alone needs
  /// `of_row` of scratch memory, and rows together no more than each alone. The body must not
  /// throw.
  template <typename Body>
  void run_rows(int64_t rows, int64_t samples, ScratchSize of_row, Pace& pace,
                const Body& body) const {
    static_assert(noexcept(body(int64_t{}, int64_t{}, int64_t{}, int64_t{}, Seat{})));
    if (rows == 1 && samples > 0) {
      run_together(0, samples, 256, of_row, pace,
                   [&](int64_t first, int64_t count, const Seat& seat) noexcept {
                     return body(int64_t{0}, int64_t{1}, first, count, seat);
                   });
      return;
    }
    const size_t size = of_row.total();
    const auto memory = scratch(static_cast<size_t>(rows) * size);
    parallel_rows(rows, samples, [&](int64_t row, int64_t count) noexcept {
      unsigned char* own = memory.get() + static_cast<size_t>(row) * size;
      const size_t shared = static_cast<size_t>(count) * of_row.shared;
      body(row, count, int64_t{0}, samples, Seat::alone(own, {shared, 0}));
    });
  }

  /// Runs `first`..`end` of something that goes on from one to the next, `body(first, count,
  /// seat)`, on the session's threads, in stretches that are long enough that starting them costs
  /// little. A stretch returns how many it took; all have the same scratch memory. The body must
  /// not throw.
  template <typename Body>
  void run_together(int64_t first, int64_t end, int64_t stretch, ScratchSize size, Pace& pace,
                    const Body& body) const {
    static_assert(noexcept(body(int64_t{}, int64_t{}, Seat{})));
    const auto memory = scratch(size.shared + kMostMembers * size.own);
    const auto part = [&](int64_t from, int64_t count, Seat seat) noexcept {
      seat.shared = memory.get();
      seat.own = memory.get() + size.shared + static_cast<size_t>(seat.index) * size.own;
      return body(from, count, seat);
    };
    while (first < end) {
      const Pace::Way way = pace.next();
      const int64_t until = std::min(end, first + way.stretches * stretch);
      if (way.together) {
        SampleTeam team(first, until, stretch);
        parallel(kMostMembers, [&](size_t) noexcept { team.join(part); });
        first = team.end();
        pace.took(true, team.cost());
      } else {
        const auto start = std::chrono::steady_clock::now();
        part(first, until - first, Seat{});
        const std::chrono::duration<float, std::nano> taken =
            std::chrono::steady_clock::now() - start;
        pace.took(false, taken.count() / static_cast<float>(until - first));
        first = until;
      }
    }
  }

 private:
  /// Runs `body(first, count)` for tiles of a batch of `rows`, on the session's threads. Each row
  /// has `samples` samples to go.
  template <typename Body>
  void parallel_rows(int64_t rows, int64_t samples, const Body& body) const {
    // A session's threads come within this time unless they sleep; it is little beside the work.
    const int64_t work = std::min<int64_t>(rows * std::min<int64_t>(samples, 1000), 1000);
    RowTeam team(rows, std::chrono::nanoseconds(200 * work));
    parallel(rows, [&](size_t) noexcept { team.join(body); });
  }

  const OrtApi& api_;
  OrtKernelContext& context_;
  const OperatorSpec& spec_;
  const std::string& node_;
};

/// A node of a session: constants read, checked and packed. Any number of threads may call it.
class Kernel {
 public:
  virtual ~Kernel() = default;
  /// Reads the node, once, before the first call.
  virtual void read(NodeReader& reader) = 0;
  virtual void compute(const Call& call) const = 0;

  Constants constants;
  std::string node;
  const OperatorSpec* spec = nullptr;
  const OrtApi* api = nullptr;
};

/// The kernel of an operator of the domain.
struct KernelKind {
  std::string name;  ///< of the operator, which is declared (wavebridge/operators.inc)
  std::unique_ptr<Kernel> (*make)(const Kernels& kernels);
};

/// Makes a kernel of one type.
template <typename Type>
std::unique_ptr<Kernel> make_kernel(const Kernels& kernels) {
  return std::make_unique<Type>(kernels);
}

/// Refuses a number of samples that needs more frames than there are.
void check_frames(const Call& call, int64_t samples, int64_t frames, int64_t samples_per_frame);

/// The operators without a network of their own, one file each.
extern const KernelKind kBlockSparseGemm;
extern const KernelKind kUpsampleFrames;
extern const KernelKind kInterpolateFrames;
extern const KernelKind kConvolveFrames;
extern const KernelKind kGruFrames;
extern const KernelKind kQuadratureMirrorMerge;
extern const KernelKind kMelSpectrogram;
extern const KernelKind kPhiloxUniforms;
extern const KernelKind kDecodeValues;
extern const KernelKind kCanonicalTanh;
extern const KernelKind kLinearPrediction;
extern const KernelKind kReflectionPrediction;

/// Those of all step networks (ort/networks.cc).
std::vector<KernelKind> network_operators();

/// The registry of operators.
std::vector<KernelKind> all_operators();

/// How an operator is declared.
///
/// @throws std::logic_error if it is not
const OperatorSpec& spec_of(const KernelKind& kind);

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_OPERATOR_H_
