// Prints how long a sample takes at every level, for one row and for 16 rows together. Not a test.
// kernel_bench [TEXT [LEVEL]]: only cases whose name contains the text, only one level.

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "dispatch/cpu_level.h"
#include "dispatch/machine_limits.h"
#include "test/context_model.h"
#include "test/lpcnet_model.h"
#include "test/weights.h"

namespace {

using namespace wavebridge;
using namespace wavebridge::test;

/// Microseconds that this thread has had of its processor: other programs may take it now and then.
double processor_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) * 1e-3;
}

/// Microseconds a sample: the best of nine runs.
double time_of(int samples, const std::function<void()>& run) {
  double best = 1e30;
  run();
  for (int i = 0; i < 9; i++) {
    const double start = processor_time();
    run();
    best = std::min(best, (processor_time() - start) / samples);
  }
  return best;
}

std::string wanted_case, wanted_level;

/// `run(kernels, rows, samples)` makes what is to be timed.
void report(const std::string& what,
            const std::function<std::function<void()>(const Kernels&, int32_t, int)>& prepare,
            int samples_of_fast) {
  if (what.find(wanted_case) == std::string::npos) return;
  for (const Kernels* level : available_levels()) {
    if (!wanted_level.empty() && wanted_level != level->level) continue;
    const int samples = level->level[0] == 's' ? samples_of_fast / 40 + 1 : samples_of_fast;
    const double alone = time_of(samples, prepare(*level, 1, samples));
    const int fewer = samples / 8 + 1;
    const double together = time_of(fewer, prepare(*level, 16, fewer));
    std::printf("%-60s %-10s %9.2f us   16 rows %9.2f us, %5.2f x the samples/s\n", what.c_str(),
                level->level, alone, together, 16 * alone / together);
    std::fflush(stdout);
  }
}

/// The most that one core could do.
void report_limits() {
  for (const Kernels* level : available_levels()) {
    if (!wanted_level.empty() && wanted_level != level->level) continue;
    std::printf("limits %-10s", level->level);
    for (const int kibibytes : {16, 32, 256, 512, 1024, 4096, 12288, 65536}) {
      std::printf("  %d KiB %.0f GB/s", kibibytes,
                  read_bandwidth(*level, int64_t{kibibytes} * 1024) * 1e-9);
    }
    std::printf("  multiply-adds %.0f G/s f32, %.0f G/s int8\n",
                multiply_add_rate(*level, false) * 1e-9, multiply_add_rate(*level, true) * 1e-9);
    std::fflush(stdout);
  }
}

struct ProductCase {
  const char* name;
  int64_t rows, inputs, block_height, block_width;
  double density;
};

/// A product alone, int8 with its activations quantised first.
void bench_product(const ProductCase& of, Arithmetic arithmetic) {
  const std::string name = text(arithmetic) + "product " + of.name;
  if (name.find(wanted_case) == std::string::npos) return;
  Random random_weight(1);
  TestWeight weight = TestWeight::random(random_weight, of.rows, of.inputs, of.block_height,
                                         of.block_width, of.density, 0.1f);
  weight.quantise(activation_bits(arithmetic));
  const PackedWeight f32(weight.view());
  const PackedInt8Weight int8(weight.int8_view());
  report(
      name,
      [&](const Kernels& kernels, int32_t rows, int times) -> std::function<void()> {
        struct Data {
          std::vector<float> x, y;
          AlignedArray<unsigned char> scratch;
        };
        Random random(2);
        const auto data = std::make_shared<Data>();
        data->x = random.numbers(static_cast<size_t>(rows * of.inputs), 1);
        data->y.resize(static_cast<size_t>(rows * of.rows));
        const std::vector<float> bias(static_cast<size_t>(of.rows));
        if (arithmetic == Arithmetic::kF32) {
          return [=, &f32, &kernels] {
            for (int i = 0; i < times; i++) {
              kernels.affine(f32.matrix(), data->x.data(), bias.data(), data->y.data(), rows);
            }
          };
        }
        data->scratch = spoiled_memory(kernels.affine_int8_scratch(int8.matrix(), rows));
        return [=, &int8, &kernels] {
          for (int i = 0; i < times; i++) {
            kernels.affine_int8(int8.matrix(), data->x.data(), true, bias.data(), data->y.data(),
                                rows, data->scratch.get());
          }
        };
      },
      1000);
}

struct DualCase {
  const char* name;
  int hidden, head;
  double density, head_density;
  int samples;
};

void bench_dual(const DualCase& of, Arithmetic arithmetic) {
  const std::string name = text(arithmetic) + of.name;
  if (name.find(wanted_case) == std::string::npos) return;
  const DualModel model(1, of.hidden, 80, of.head, of.head, 16, 1, of.density, arithmetic,
                        of.head_density);
  report(
      name,
      [&](const Kernels& kernels, int32_t rows, int samples) -> std::function<void()> {
        Random random(2);
        const size_t batch = static_cast<size_t>(rows), frames = samples / 200u + 1u;
        struct Data {
          std::vector<float> conditioning, uniforms, audio, previous, state, temperature;
          AlignedArray<unsigned char> scratch;
        };
        const auto data = std::make_shared<Data>();
        data->conditioning = random.numbers(batch * 80 * frames, 1);
        data->uniforms = random.uniforms(batch * 2 * static_cast<size_t>(samples));
        data->audio.resize(batch * static_cast<size_t>(samples));
        data->temperature.assign(batch, 1);
        data->previous.resize(batch * 2);
        data->state.resize(batch * static_cast<size_t>(of.hidden));
        const SequenceRows work{.rows = rows,
                                .samples = samples,
                                .frames = static_cast<int64_t>(frames),
                                .samples_per_frame = 200,
                                .begun = 0,
                                .temperature = data->temperature.data(),
                                .by_frame = data->conditioning.data(),
                                .uniforms = data->uniforms.data(),
                                .given = nullptr,
                                .audio = data->audio.data(),
                                .logits = nullptr,
                                .previous = data->previous.data(),
                                .state = data->state.data()};
        const auto with = [&](const auto& of_level, const auto& network) {
          const ScratchSize size = of_level.dual_softmax.scratch(network, rows);
          data->scratch = spoiled_memory(size.total());
          const auto generate = of_level.dual_softmax.generate;
          return [=] { generate(network, work, Seat::alone(data->scratch.get(), size)); };
        };
        if (arithmetic == Arithmetic::kF32) return with(kernels.f32, model.network);
        return with(kernels.int8, model.int8);
      },
      of.samples);
}

void bench_residual(const char* what, int hidden, int classes, int mixtures, Arithmetic arithmetic,
                    Sparsity sparsity = {}) {
  const std::string name = text(arithmetic) + what;
  if (name.find(wanted_case) == std::string::npos) return;
  const ResidualModel model(1, hidden, 80, {32, 32, 32, 32}, hidden, hidden, classes, mixtures,
                            arithmetic, sparsity);
  report(
      name,
      [&](const Kernels& kernels, int32_t rows, int samples) -> std::function<void()> {
        Random random(2);
        const size_t batch = static_cast<size_t>(rows), frames = samples / 200u + 1u;
        const size_t count = batch * static_cast<size_t>(samples);
        struct Data {
          std::vector<float> mels, aux, uniforms, audio, previous, state, temperature;
          AlignedArray<unsigned char> scratch;
        };
        const auto data = std::make_shared<Data>();
        data->mels = random.numbers(80 * count, 1);
        data->aux = random.numbers(128 * batch * frames, 1);
        data->uniforms = random.uniforms(static_cast<size_t>(model.network.head.draws()) * count);
        data->audio.resize(count);
        data->temperature.assign(batch, 1);
        data->previous.resize(batch);
        data->state.resize(batch * 2 * static_cast<size_t>(hidden));
        const SequenceRows work{.rows = rows,
                                .samples = samples,
                                .frames = static_cast<int64_t>(frames),
                                .samples_per_frame = 200,
                                .begun = 0,
                                .temperature = data->temperature.data(),
                                .by_sample = data->mels.data(),
                                .by_frame = data->aux.data(),
                                .uniforms = data->uniforms.data(),
                                .given = nullptr,
                                .audio = data->audio.data(),
                                .logits = nullptr,
                                .previous = data->previous.data(),
                                .state = data->state.data()};
        const auto with = [&](const auto& of_level, const auto& network) {
          const ScratchSize size = of_level.residual_gru.scratch(network, rows);
          data->scratch = spoiled_memory(size.total());
          const auto generate = of_level.residual_gru.generate;
          return [=] { generate(network, work, Seat::alone(data->scratch.get(), size)); };
        };
        if (arithmetic == Arithmetic::kF32) return with(kernels.f32, model.network);
        return with(kernels.int8, model.int8);
      },
      300);
}

void bench_lpcnet(const char* what, int hidden, double density, bool tree, Arithmetic arithmetic) {
  const std::string name = text(arithmetic) + what;
  if (name.find(wanted_case) == std::string::npos) return;
  const LpcNetModel model(1, hidden, 16, tree, arithmetic, 0, 8, density);
  report(
      name,
      [&](const Kernels& kernels, int32_t rows, int samples) -> std::function<void()> {
        Random random(2);
        const size_t batch = static_cast<size_t>(rows), frames = samples / 160u + 1u;
        const size_t count = batch * static_cast<size_t>(samples);
        struct Data {
          std::vector<float> conditioning, uniforms, audio, previous, state, temperature;
          AlignedArray<unsigned char> scratch;
        };
        const auto data = std::make_shared<Data>();
        data->conditioning = random.numbers(batch * model.frame_values() * frames, 0.3f);
        data->uniforms = random.uniforms(model.draws() * count);
        data->audio.resize(count);
        data->temperature.assign(batch, 1);
        data->previous.resize(batch * LpcNetModel::kFedBack);
        data->state.resize(batch * (model.hidden() + model.second()));
        const SequenceRows work{.rows = rows,
                                .samples = samples,
                                .frames = static_cast<int64_t>(frames),
                                .samples_per_frame = 160,
                                .begun = 0,
                                .temperature = data->temperature.data(),
                                .by_frame = data->conditioning.data(),
                                .uniforms = data->uniforms.data(),
                                .given = nullptr,
                                .audio = data->audio.data(),
                                .logits = nullptr,
                                .previous = data->previous.data(),
                                .state = data->state.data()};
        const auto with = [&](const auto& of_level, const auto& network) {
          const ScratchSize size = of_level.lpcnet.scratch(network, rows);
          data->scratch = spoiled_memory(size.total());
          const auto generate = of_level.lpcnet.generate;
          return [=] { generate(network, work, Seat::alone(data->scratch.get(), size)); };
        };
        if (arithmetic == Arithmetic::kF32) return with(kernels.f32, model.network);
        return with(kernels.int8, model.int8);
      },
      8000);
}

/// A network over one utterance, sample by sample and by subscale, in turns.
void bench_subscale(const DualCase& of, Arithmetic arithmetic, int factor, int horizon,
                    int samples) {
  const std::string name = text(arithmetic) + "subscale " + of.name;
  if (name.find(wanted_case) == std::string::npos) return;
  const DualModel model(1, of.hidden, 80, of.head, of.head, 16, 1, of.density, arithmetic,
                        of.head_density);
  const ContextModel context(
      1, factor, false, {{64, 3, 1, true}, {64, 2, 2, true}, {64, 3, 4, true}, {64, 2, 8, true}},
      3 * of.hidden);
  Random random(2);
  const size_t rows = static_cast<size_t>(factor), count = static_cast<size_t>(samples);
  const size_t frames = count / 200 + 1, hidden = static_cast<size_t>(of.hidden);
  const auto conditioning = random.numbers(80 * frames, 1);
  const auto uniforms = random.uniforms(2 * count);
  std::vector<float> audio(count), previous(2 * rows), state(rows * hidden);
  const std::vector<float> temperature(rows, 1);
  SequenceRows work{.rows = 1,
                    .samples = of.samples,
                    .frames = static_cast<int64_t>(frames),
                    .samples_per_frame = 200,
                    .begun = 0,
                    .temperature = temperature.data(),
                    .by_frame = conditioning.data(),
                    .uniforms = uniforms.data(),
                    .given = nullptr,
                    .audio = audio.data(),
                    .logits = nullptr,
                    .previous = previous.data(),
                    .state = state.data()};
  const int64_t lag = horizon + 1, steps = samples / factor + (factor - 1) * lag;
  const SubscaleWindow window{.horizon = horizon,
                              .lag = lag,
                              .first_sample = 0,
                              .begin = 0,
                              .end = steps,
                              .step = 0,
                              .count = steps};
  const auto bench = [&](const char* level, const auto& kernels, const auto& network) {
    SequenceRows subscale = work;
    subscale.rows = factor;
    subscale.samples = samples;
    const ScratchSize alone = kernels.dual_softmax.scratch(network, 1);
    const ScratchSize together =
        kernels.dual_softmax.subscale_scratch(network, context.network, window, subscale);
    const auto memory = spoiled_memory(std::max(alone.total(), together.total()));
    // The best of several turns for each stretch, as other programs take the core now and then.
    double sequential = 1e30, sum = 0;
    std::vector<double> stretches;
    for (int turn = 0; turn < 4; turn++) {
      sequential =
          std::min(sequential, time_of(of.samples, [&] {
                     kernels.dual_softmax.generate(network, work, Seat::alone(memory.get(), alone));
                   }));
      SubscaleWindow part = window;
      for (size_t i = 0; part.step < steps; i++) {
        part.count = std::min<int64_t>(100, steps - part.step);
        const auto start = std::chrono::steady_clock::now();
        part.step += kernels.dual_softmax.subscale(network, context.network, part, subscale,
                                                   Seat::alone(memory.get(), together));
        const std::chrono::duration<double, std::micro> taken =
            std::chrono::steady_clock::now() - start;
        if (turn == 0) stretches.push_back(taken.count());
        stretches[i] = std::min(stretches[i], taken.count());
      }
    }
    for (const double stretch : stretches) sum += stretch;
    const double best[2] = {sequential, sum / samples};
    std::printf("%-60s %-10s %9.2f us   subscale%9.2f us, %5.2f x the samples/s\n", name.c_str(),
                level, best[0], best[1], best[0] / best[1]);
    std::fflush(stdout);
  };
  for (const Kernels* level : available_levels()) {
    if (!wanted_level.empty() && wanted_level != level->level) continue;
    if (arithmetic == Arithmetic::kF32) {
      bench(level->level, level->f32, model.network);
    } else {
      bench(level->level, level->int8, model.int8);
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1) wanted_case = arguments[1];
  if (count > 2) wanted_level = arguments[2];
  if (wanted_case.empty() || wanted_case == "limits") report_limits();
  // R is the recurrent matrix, O the layers of the heads; sparse ones in blocks of 16x1.
  const DualCase cases[] = {
      {"dual H 256, R 80% sparse, D 128", 256, 128, 0.2, 1, 4000},
      {"dual H 384, R 90% sparse, D 192", 384, 192, 0.1, 1, 4000},
      {"dual H 896, R 90% sparse, D 128", 896, 128, 0.1, 1, 2000},
      {"dual H 896, dense, D 448", 896, 448, 1, 1, 400},
      {"dual H 1024, R and O 95% sparse, D 512", 1024, 512, 0.05, 0.05, 2000},
      {"dual H 2048, R and O 95% sparse, D 1024", 2048, 1024, 0.05, 0.05, 1000},
  };
  const ProductCase products[] = {
      {"3072x1024 at 5%, 16x1", 3072, 1024, 16, 1, 0.05},
      {"3072x1024 at 5%, 8x1", 3072, 1024, 8, 1, 0.05},
      {"3072x1024 at 5%, 4x4", 3072, 1024, 4, 4, 0.05},
      {"768x256 at 15%, 1x4", 768, 256, 1, 4, 0.15},
      {"3072x1024 at 5%, 1x4", 3072, 1024, 1, 4, 0.05},
      {"2688x896, dense", 2688, 896, 16, 16, 1},
      {"448x64, dense", 448, 64, 16, 16, 1},
  };
  for (const Arithmetic arithmetic : kArithmetics) {
    for (const ProductCase& of : products) bench_product(of, arithmetic);
    for (const DualCase& of : cases) bench_dual(of, arithmetic);
    // Ten seconds at 22,050 Hz.
    if (!wanted_level.empty()) bench_subscale(cases[3], arithmetic, 16, 64, 220500);
    bench_residual("residual R 512, dense, 512 classes", 512, 512, 0, arithmetic);
    bench_residual("residual R 512, dense, 10 logistics", 512, 30, 10, arithmetic);
    bench_residual("residual R 256, 85% sparse in 1x4, one GRU", 256, 1024, 0, arithmetic,
                   {1, 4, 0.15, false});
    bench_lpcnet("lpcnet H 384, 90% sparse in 8x4, tree", 384, 0.1, true, arithmetic);
    bench_lpcnet("lpcnet H 384, 90% sparse in 8x4, softmax", 384, 0.1, false, arithmetic);
  }
  return 0;
}
