// Generation takes no memory: every allocation of the process goes through the functions below,
// which count while a case asks them to.

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>

#include "dispatch/cpu_level.h"
#include "test/context_model.h"
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

/// Room for a run of `rows` rows, all of it taken before the run.
struct Room {
  size_t rows;
  Random random{5};
  std::vector<float> inputs, aux, uniforms, given, audio, logits, previous, state;

  Room(int32_t row_count, int inputs_size, int aux_size, int draws, int logits_size, int values,
       int state_size)
      : rows(static_cast<size_t>(row_count)) {
    const auto samples = [this](int size) {
      return rows * static_cast<size_t>(kSamples) * static_cast<size_t>(size);
    };
    inputs = random.numbers(samples(inputs_size), 1.0f);
    aux = random.numbers(samples(aux_size), 1.0f);
    uniforms = random.uniforms(samples(draws));
    given = random.numbers(samples(1), 1.0f);
    audio.resize(samples(1));
    logits.resize(samples(logits_size));
    previous.resize(rows * static_cast<size_t>(values));
    state.resize(rows * static_cast<size_t>(state_size));
  }
};

void expect_none(const std::string& what, int64_t found, const std::vector<float>& made) {
  if (found != 0) fail(__FILE__, __LINE__, what + ": " + std::to_string(found) + " allocations");
  CHECK(made.front() != made.back() || made[1] != made[2]);
}

template <typename Matrix>
void check_dual(const char* level, const NetworkKernels<Matrix>& of,
                const DualSoftmaxNetworkOf<Matrix>& network, int32_t batch) {
  Room room(batch, network.conditioning_size, 0, 2, 512, 2, network.hidden);
  const SequenceRows rows{.rows = batch,
                          .samples = kSamples,
                          .frames = kFrames,
                          .samples_per_frame = kSamplesPerFrame,
                          .begun = 0,
                          .temperature = 0.9f,
                          .by_frame = room.inputs.data(),
                          .uniforms = room.uniforms.data(),
                          .given = room.given.data(),
                          .audio = room.audio.data(),
                          .logits = room.logits.data(),
                          .previous = room.previous.data(),
                          .state = room.state.data()};
  const ScratchSize size = of.dual_softmax.scratch(network, batch);
  const auto scratch = spoiled_memory(size.total());
  const Seat seat = Seat::alone(scratch.get(), size);
  expect_none(std::string("generate at ") + level,
              allocations_of([&] { of.dual_softmax.generate(network, rows, seat); }), room.audio);
  expect_none(std::string("score at ") + level,
              allocations_of([&] { of.dual_softmax.score(network, rows, seat); }), room.logits);
}

template <typename Matrix>
void check_residual(const char* level, const NetworkKernels<Matrix>& of,
                    const ResidualGruNetworkOf<Matrix>& network, int outputs, int aux_size,
                    int32_t batch) {
  Room room(batch, network.mels, aux_size, network.head.draws(), outputs, 1, 2 * network.hidden);
  const SequenceRows rows{.rows = batch,
                          .samples = kSamples,
                          .frames = kFrames,
                          .samples_per_frame = kSamplesPerFrame,
                          .begun = 0,
                          .temperature = 0.9f,
                          .by_sample = room.inputs.data(),
                          .by_frame = room.aux.data(),
                          .uniforms = room.uniforms.data(),
                          .given = room.given.data(),
                          .audio = room.audio.data(),
                          .logits = room.logits.data(),
                          .previous = room.previous.data(),
                          .state = room.state.data()};
  const ScratchSize size = of.residual_gru.scratch(network, batch);
  const auto scratch = spoiled_memory(size.total());
  const Seat seat = Seat::alone(scratch.get(), size);
  expect_none(std::string("generate at ") + level,
              allocations_of([&] { of.residual_gru.generate(network, rows, seat); }), room.audio);
  expect_none(std::string("score at ") + level,
              allocations_of([&] { of.residual_gru.score(network, rows, seat); }), room.logits);
}

template <typename Matrix>
void check_multi_band(const char* level, const NetworkKernels<Matrix>& of,
                      const MultiBandGruNetworkOf<Matrix>& network, int32_t batch) {
  const int outputs = network.band_output.weight.rows;
  Room room(batch, 1, 3 * network.hidden, 2 * network.bands, outputs, network.bands,
            network.hidden);
  std::vector<float> audio(static_cast<size_t>(batch * kSamples * network.bands));
  const SequenceRows rows{.rows = batch,
                          .samples = kSamples,
                          .frames = kFrames,
                          .samples_per_frame = kSamplesPerFrame,
                          .begun = 0,
                          .temperature = 0.9f,
                          .by_frame = room.aux.data(),
                          .uniforms = room.uniforms.data(),
                          .given = audio.data(),
                          .audio = audio.data(),
                          .logits = room.logits.data(),
                          .previous = room.previous.data(),
                          .state = room.state.data()};
  const ScratchSize size = of.multi_band_gru.scratch(network, batch);
  const auto scratch = spoiled_memory(size.total());
  const Seat seat = Seat::alone(scratch.get(), size);
  expect_none(std::string("generate at ") + level,
              allocations_of([&] { of.multi_band_gru.generate(network, rows, seat); }), audio);
  expect_none(std::string("score at ") + level,
              allocations_of([&] { of.multi_band_gru.score(network, rows, seat); }), room.logits);
}

/// The rows of the batch as the sub-tensors of one utterance.
constexpr SubscaleWindow kWindow{.horizon = 9,
                                 .lag = 10,
                                 .first_sample = 0,
                                 .begin = 0,
                                 .end = kSamples,
                                 .step = 0,
                                 .count = kSamples};

ContextModel context_of(int rows) {
  return ContextModel(3, 4, true, {{5, 3, 2, true}, {4, 1, 1, false}}, rows);
}

template <typename Matrix>
void check_dual_subscale(const char* level, const NetworkKernels<Matrix>& of,
                         const DualSoftmaxNetworkOf<Matrix>& network, int32_t batch) {
  Room room(batch, network.conditioning_size, 0, 2, 1, 2, network.hidden);
  const ContextModel context = context_of(3 * network.hidden);
  const SequenceRows rows{.rows = batch,
                          .samples = kSamples,
                          .frames = kFrames,
                          .samples_per_frame = kSamplesPerFrame,
                          .begun = 0,
                          .temperature = 0.9f,
                          .by_frame = room.inputs.data(),
                          .uniforms = room.uniforms.data(),
                          .given = nullptr,
                          .audio = room.audio.data(),
                          .logits = nullptr,
                          .previous = room.previous.data(),
                          .state = room.state.data()};
  const ScratchSize size =
      of.dual_softmax.subscale_scratch(network, context.network, kWindow, rows);
  const auto scratch = spoiled_memory(size.total());
  const Seat seat = Seat::alone(scratch.get(), size);
  expect_none(std::string("subscale at ") + level, allocations_of([&] {
                of.dual_softmax.subscale(network, context.network, kWindow, rows, seat);
              }),
              room.audio);
}

template <typename Matrix>
void check_residual_subscale(const char* level, const NetworkKernels<Matrix>& of,
                             const ResidualGruNetworkOf<Matrix>& network, int aux_size,
                             int32_t batch) {
  Room room(batch, network.mels, aux_size, network.head.draws(), 1, 1, 2 * network.hidden);
  const ContextModel context = context_of(network.hidden);
  const SequenceRows rows{.rows = batch,
                          .samples = kSamples,
                          .frames = kFrames,
                          .samples_per_frame = kSamplesPerFrame,
                          .begun = 0,
                          .temperature = 0.9f,
                          .by_sample = room.inputs.data(),
                          .by_frame = room.aux.data(),
                          .uniforms = room.uniforms.data(),
                          .given = nullptr,
                          .audio = room.audio.data(),
                          .logits = nullptr,
                          .previous = room.previous.data(),
                          .state = room.state.data()};
  const ScratchSize size =
      of.residual_gru.subscale_scratch(network, context.network, kWindow, rows);
  const auto scratch = spoiled_memory(size.total());
  const Seat seat = Seat::alone(scratch.get(), size);
  expect_none(std::string("subscale at ") + level, allocations_of([&] {
                of.residual_gru.subscale(network, context.network, kWindow, rows, seat);
              }),
              room.audio);
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
  const DualModel f32(1, 38, 7, 24, 20, 1, 1, 0.3);
  const DualModel int8(1, 38, 7, 24, 20, 1, 1, 0.3, Arithmetic::kInt8);
  for (const Kernels* level : available_levels()) {
    for (const int32_t batch : {1, 3}) {
      check_dual(level->level, level->f32, f32.network, batch);
      check_dual(level->level, level->int8, int8.int8, batch);
      check_dual_subscale(level->level, level->f32, f32.network, batch);
      check_dual_subscale(level->level, level->int8, int8.int8, batch);
    }
  }
}

WB_TEST(pruned_residual_gru_takes_no_memory) {
  const Sparsity pruned = {1, 4, 0.08, false};
  const ResidualModel f32(2, 72, 64, {3, 0, 2, 4}, 48, 48, 128, 0, Arithmetic::kF32, pruned);
  const ResidualModel int8(2, 72, 64, {3, 0, 2, 4}, 48, 48, 128, 0, Arithmetic::kInt8, pruned);
  for (const Kernels* level : available_levels()) {
    check_residual(level->level, level->f32, f32.network, 128, 9, 1);
    check_residual(level->level, level->int8, int8.int8, 128, 9, 1);
  }
}

WB_TEST(residual_gru_takes_no_memory) {
  for (const int mixtures : {0, 10}) {
    const ResidualModel f32(2, 21, 5, {3, 0, 2, 4}, 17, 18, 30, mixtures);
    const ResidualModel int8(2, 21, 5, {3, 0, 2, 4}, 17, 18, 30, mixtures, Arithmetic::kInt8);
    for (const Kernels* level : available_levels()) {
      for (const int32_t batch : {1, 3}) {
        check_residual(level->level, level->f32, f32.network, 30, 9, batch);
        check_residual(level->level, level->int8, int8.int8, 30, 9, batch);
        check_residual_subscale(level->level, level->f32, f32.network, 9, batch);
        check_residual_subscale(level->level, level->int8, int8.int8, 9, batch);
      }
    }
  }
}

WB_TEST(multi_band_gru_takes_no_memory) {
  const MultiBandModel f32(3, 38, 5, 3, 21, 1, Arithmetic::kF32);
  const MultiBandModel int8(3, 38, 5, 3, 21, 1, Arithmetic::kInt8);
  for (const Kernels* level : available_levels()) {
    for (const int32_t batch : {1, 3}) {
      check_multi_band(level->level, level->f32, f32.network, batch);
      check_multi_band(level->level, level->int8, int8.int8, batch);
    }
  }
}

int main() { return run_all(); }
