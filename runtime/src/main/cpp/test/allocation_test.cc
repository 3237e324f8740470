// Generation takes no memory: every allocation of the process goes through the functions below,
// which count while a case asks them to.

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>

#include "dispatch/cpu_level.h"
#include "test/context_model.h"
#include "test/embedding_model.h"
#include "test/harness.h"
#include "test/multi_band_model.h"
#include "test/weights.h"

namespace {

std::atomic<int64_t> allocations = 0;

}  // namespace

// The C library's own, which the replacements pass the work to; `new` of the C++ library calls
// malloc and aligned_alloc.
extern "C" {
void* __libc_malloc(size_t bytes);
void* __libc_calloc(size_t count, size_t bytes);
void* __libc_realloc(void* memory, size_t bytes);
void* __libc_memalign(size_t alignment, size_t bytes);

#define WB_REPLACES __attribute__((visibility("default"), used))

WB_REPLACES void* malloc(size_t bytes) {
  allocations++;
  return __libc_malloc(bytes);
}
WB_REPLACES void* calloc(size_t count, size_t bytes) {
  allocations++;
  return __libc_calloc(count, bytes);
}
WB_REPLACES void* realloc(void* memory, size_t bytes) {
  allocations++;
  return __libc_realloc(memory, bytes);
}
WB_REPLACES void* aligned_alloc(size_t alignment, size_t bytes) {
  allocations++;
  return __libc_memalign(alignment, bytes);
}
WB_REPLACES void* memalign(size_t alignment, size_t bytes) {
  allocations++;
  return __libc_memalign(alignment, bytes);
}
WB_REPLACES int posix_memalign(void** memory, size_t alignment, size_t bytes) {
  allocations++;
  *memory = __libc_memalign(alignment, bytes);
  return *memory == nullptr ? ENOMEM : 0;
}
}

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

constexpr int64_t kSamples = 3000;
constexpr int64_t kSamplesPerFrame = 60;
constexpr int64_t kFrames = kSamples / kSamplesPerFrame;

template <typename Body>
int64_t allocations_of(const Body& body) {
  const int64_t before = allocations;
  body();
  return allocations - before;
}

/// A network as a run sees it: how many values there are of each kind, and its kernels.
template <typename Network>
struct Subject {
  const SequenceKernels<Network>& kernels;
  int by_sample, by_frame, draws, made, logits, previous, state;
  int context_rows;  ///< 0 without a subscale operator
};

template <typename Matrix>
Subject<DualSoftmaxNetworkOf<Matrix>> subject(const NetworkKernels<Matrix>& of,
                                              const DualSoftmaxNetworkOf<Matrix>& network) {
  return {.kernels = of.dual_softmax,
          .by_sample = 0,
          .by_frame = network.conditioning_size,
          .draws = 2,
          .made = 1,
          .logits = 2 * kDualClasses,
          .previous = 2,
          .state = network.hidden,
          .context_rows = 3 * network.hidden};
}

template <typename Matrix>
Subject<ResidualGruNetworkOf<Matrix>> subject(const NetworkKernels<Matrix>& of,
                                              const ResidualGruNetworkOf<Matrix>& network) {
  const int32_t (&aux)[4] = network.aux_sizes;
  return {.kernels = of.residual_gru,
          .by_sample = network.mels,
          .by_frame = aux[0] + aux[1] + aux[2] + aux[3],
          .draws = network.head.draws(),
          .made = 1,
          .logits = network.output.weight.rows,
          .previous = 1,
          .state = 2 * network.hidden,
          .context_rows = network.hidden};
}

template <typename Matrix>
Subject<MultiBandGruNetworkOf<Matrix>> subject(const NetworkKernels<Matrix>& of,
                                               const MultiBandGruNetworkOf<Matrix>& network) {
  return {.kernels = of.multi_band_gru,
          .by_sample = 0,
          .by_frame = 3 * network.hidden,
          .draws = 2 * network.bands,
          .made = network.bands,
          .logits = network.band_output.weight.rows,
          .previous = network.bands,
          .state = network.hidden,
          .context_rows = 0};
}

template <typename Matrix>
Subject<EmbeddingGruNetworkOf<Matrix>> subject(const NetworkKernels<Matrix>& of,
                                               const EmbeddingGruNetworkOf<Matrix>& network) {
  return {.kernels = of.embedding_gru,
          .by_sample = 0,
          .by_frame = network.conditioning_size,
          .draws = 1,
          .made = 1,
          .logits = network.classes,
          .previous = 1,
          .state = network.hidden,
          .context_rows = 0};
}

/// A run of `batch` rows, whose memory is all taken before it.
struct Run {
  std::vector<float> by_sample, by_frame, uniforms, given, audio, logits, previous, state,
      temperature;
  SequenceRows rows;

  template <typename Network>
  Run(const Subject<Network>& of, int32_t batch) {
    Random random(5);
    const auto count = [&](int64_t each, int size) {
      return static_cast<size_t>(batch * each * size);
    };
    by_sample = random.numbers(count(kSamples, of.by_sample), 1.0f);
    by_frame = random.numbers(count(kFrames, of.by_frame), 1.0f);
    uniforms = random.uniforms(count(kSamples, of.draws));
    given = random.numbers(count(kSamples, of.made), 1.0f);
    audio.resize(count(kSamples, of.made));
    logits.resize(count(kSamples, of.logits));
    previous.resize(count(1, of.previous));
    state.resize(count(1, of.state));
    temperature.assign(static_cast<size_t>(batch), 0.9f);
    rows = {.rows = batch,
            .samples = kSamples,
            .frames = kFrames,
            .samples_per_frame = kSamplesPerFrame,
            .begun = 0,
            .temperature = temperature.data(),
            .by_sample = by_sample.data(),
            .by_frame = by_frame.data(),
            .uniforms = uniforms.data(),
            .given = given.data(),
            .audio = audio.data(),
            .logits = logits.data(),
            .previous = previous.data(),
            .state = state.data()};
  }
};

/// `body(seat)` takes no memory, and leaves something in `made`.
template <typename Body>
void expect_none(const std::string& what, ScratchSize size, const std::vector<float>& made,
                 const Body& body) {
  const auto scratch = spoiled_memory(size.total());
  const Seat seat = Seat::alone(scratch.get(), size);
  const int64_t found = allocations_of([&] { body(seat); });
  if (found != 0) fail(__FILE__, __LINE__, what + ": " + std::to_string(found) + " allocations");
  CHECK(made.front() != made.back() || made[1] != made[2]);
}

/// The rows of the batch as the sub-tensors of one utterance.
constexpr SubscaleWindow kWindow{.horizon = 9,
                                 .lag = 10,
                                 .first_sample = 0,
                                 .begin = 0,
                                 .end = kSamples,
                                 .step = 0,
                                 .count = kSamples};

template <typename Matrix, typename Network>
void check(const std::string& level, const NetworkKernels<Matrix>& kernels, const Network& network,
           int32_t batch) {
  const Subject<Network> of = subject(kernels, network);
  Run run(of, batch);
  const ScratchSize size = of.kernels.scratch(network, batch);
  expect_none("generate at " + level, size, run.audio,
              [&](const Seat& seat) { of.kernels.generate(network, run.rows, seat); });
  expect_none("score at " + level, size, run.logits,
              [&](const Seat& seat) { of.kernels.score(network, run.rows, seat); });
  if (of.context_rows == 0) return;
  const ContextModel model(3, 4, true, {{5, 3, 2, true}, {4, 1, 1, false}}, of.context_rows);
  const ContextNetwork& context = model.network;
  Run subscale(of, batch);
  expect_none("subscale at " + level,
              of.kernels.subscale_scratch(network, context, kWindow, subscale.rows), subscale.audio,
              [&](const Seat& seat) {
                of.kernels.subscale(network, context, kWindow, subscale.rows, seat);
              });
}

/// A network in both precisions, at every level, alone and in a batch.
template <typename Model>
void check_everywhere(const Model& f32, const Model& int8) {
  for (const Kernels* level : available_levels()) {
    for (const int32_t batch : {1, 3}) {
      check(level->level, level->f32, f32.network, batch);
      check(level->level, level->int8, int8.int8, batch);
    }
  }
}

}  // namespace

WB_TEST(allocations_are_counted) {
  // Volatile, so that the compiler cannot leave them out.
  void* volatile memory;
  CHECK_EQUAL(int64_t{1}, allocations_of([&] { memory = ::operator new(100); }));
  ::operator delete(memory);
  CHECK_EQUAL(int64_t{1}, allocations_of([&] { memory = std::malloc(100); }));
  CHECK_EQUAL(int64_t{1}, allocations_of([&] { memory = std::realloc(memory, 200); }));
  std::free(memory);
  CHECK_EQUAL(int64_t{1}, allocations_of([&] { memory = std::calloc(10, 10); }));
  std::free(memory);
  CHECK_EQUAL(int64_t{1}, allocations_of([&] { memory = std::aligned_alloc(64, 128); }));
  std::free(memory);
  CHECK_EQUAL(int64_t{1},
              allocations_of([&] { memory = ::operator new(128, std::align_val_t(64)); }));
  ::operator delete(memory, std::align_val_t(64));
}

WB_TEST(dual_softmax_takes_no_memory) {
  check_everywhere(DualModel(1, 38, 7, 24, 20, 1, 1, 0.3),
                   DualModel(1, 38, 7, 24, 20, 1, 1, 0.3, Arithmetic::kInt8));
}

WB_TEST(pruned_residual_gru_takes_no_memory) {
  const auto model = [](Arithmetic as) {
    return ResidualModel(2, 72, 64, {3, 0, 2, 4}, 48, 48, 128, 0, as, {1, 4, 0.08, false});
  };
  check_everywhere(model(Arithmetic::kF32), model(Arithmetic::kInt8));
}

WB_TEST(residual_gru_takes_no_memory) {
  for (const int mixtures : {0, 10}) {
    const auto model = [mixtures](Arithmetic as) {
      return ResidualModel(2, 21, 5, {3, 0, 2, 4}, 17, 18, 30, mixtures, as);
    };
    check_everywhere(model(Arithmetic::kF32), model(Arithmetic::kInt8));
  }
}

WB_TEST(multi_band_gru_takes_no_memory) {
  check_everywhere(MultiBandModel(3, 38, 5, 3, 21, 1, Arithmetic::kF32),
                   MultiBandModel(3, 38, 5, 3, 21, 1, Arithmetic::kInt8));
}

WB_TEST(embedding_gru_takes_no_memory) {
  check_everywhere(EmbeddingModel(3, 38, 5, 21, 64, 1, Arithmetic::kF32),
                   EmbeddingModel(3, 38, 5, 21, 64, 1, Arithmetic::kInt8));
}

int main() { return run_all(); }
