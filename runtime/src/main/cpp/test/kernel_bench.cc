// Prints how long a sample takes at every level, and how much faster than scalar that is. Not a
// test.

#include <chrono>
#include <cstdio>
#include <functional>

#include "dispatch/cpu_level.h"
#include "test/weights.h"

namespace {

using namespace wavebridge;
using namespace wavebridge::test;

/// Microseconds a sample: the best of five runs.
double time_of(int samples, const std::function<void()>& run) {
  double best = 1e30;
  run();
  for (int i = 0; i < 5; i++) {
    const auto start = std::chrono::steady_clock::now();
    run();
    const std::chrono::duration<double, std::micro> taken =
        std::chrono::steady_clock::now() - start;
    if (taken.count() / samples < best) best = taken.count() / samples;
  }
  return best;
}

void report(const char* what, const std::function<double(const Kernels&)>& measure) {
  double scalar = 0;
  for (const Kernels* level : available_levels()) {
    const double taken = measure(*level);
    if (scalar == 0) scalar = taken;
    std::printf("%-44s %-8s %9.2f us/sample  %6.1f x scalar\n", what, level->level, taken,
                scalar / taken);
  }
}

void bench_dual(const char* what, int hidden, double density) {
  const DualModel model(1, hidden, 80, 128, 128, 16, 1, density);
  report(what, [&](const Kernels& kernels) {
    const int samples = kernels.level[0] == 's' ? 60 : 2000;
    Random random(2);
    const std::vector<float> conditioning =
        random.numbers(static_cast<size_t>(80 * (samples / 200 + 1)), 1);
    const std::vector<float> uniforms = random.uniforms(2 * static_cast<size_t>(samples));
    std::vector<float> audio(static_cast<size_t>(samples)), previous(2),
        state(static_cast<size_t>(hidden));
    std::vector<float> scratch(dual_softmax_scratch(model.network));
    const DualSoftmaxRow row{.samples = samples,
                             .samples_per_frame = 200,
                             .temperature = 1,
                             .conditioning = conditioning.data(),
                             .uniforms = uniforms.data(),
                             .given = nullptr,
                             .audio = audio.data(),
                             .logits = nullptr,
                             .previous = previous.data(),
                             .state = state.data()};
    return time_of(samples,
                   [&] { kernels.dual_softmax_generate(model.network, row, scratch.data()); });
  });
}

void bench_residual(const char* what, int hidden, int classes, int mixtures) {
  const ResidualModel model(1, hidden, 80, {32, 32, 32, 32}, hidden, hidden, classes, mixtures);
  report(what, [&](const Kernels& kernels) {
    const int samples = kernels.level[0] == 's' ? 8 : 300;
    const size_t count = static_cast<size_t>(samples);
    Random random(2);
    const std::vector<float> mels = random.numbers(80 * count, 1),
                             aux = random.numbers(128 * (count / 200 + 1), 1);
    const std::vector<float> uniforms =
        random.uniforms(static_cast<size_t>(model.network.draws) * count);
    std::vector<float> audio(count), previous(1), state(2 * static_cast<size_t>(hidden));
    std::vector<float> scratch(residual_gru_scratch(model.network));
    std::vector<int32_t> integers(residual_gru_integer_scratch(model.network));
    const ResidualGruRow row{.samples = samples,
                             .samples_per_frame = 200,
                             .temperature = 1,
                             .mels = mels.data(),
                             .aux = aux.data(),
                             .uniforms = uniforms.data(),
                             .given = nullptr,
                             .audio = audio.data(),
                             .logits = nullptr,
                             .previous = previous.data(),
                             .state = state.data()};
    return time_of(samples, [&] {
      kernels.residual_gru_generate(model.network, row, scratch.data(), integers.data());
    });
  });
}

}  // namespace

int main() {
  bench_dual("dual softmax, H 256, 80% sparse 16x1, D 128", 256, 0.2);
  bench_dual("dual softmax, H 896, 90% sparse 16x1, D 128", 896, 0.1);
  bench_dual("dual softmax, H 256, dense, D 128", 256, 1.0);
  bench_residual("residual GRU, R 512, dense, 512 classes", 512, 512, 0);
  bench_residual("residual GRU, R 512, dense, 10 logistics", 512, 30, 10);
  return 0;
}
