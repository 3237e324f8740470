#include <cmath>
#include <thread>

#include "dispatch/cpu_level.h"
#include "test/harness.h"
#include "test/reference.h"

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

/// Inputs of one dual-softmax sequence.
struct DualInputs {
  std::vector<float> conditioning, uniforms, given, previous, state;
  int samples_per_frame = 7;
  float temperature = 0.9f;

  DualInputs(const DualModel& model, uint64_t seed, size_t samples) {
    Random random(seed);
    const size_t frames = samples / 7 + 1;
    conditioning = random.numbers(frames * static_cast<size_t>(model.network.conditioning_size), 1);
    uniforms = random.uniforms(2 * samples);
    for (size_t i = 0; i < samples; i++)
      given.push_back(static_cast<float>(random.bits() % 65536) / 32768 - 1);
    previous = random.numbers(2, 1);
    state = random.numbers(static_cast<size_t>(model.network.hidden), 0.9f);
  }
};

/// Runs samples `from`..`to`, which start at a frame, continuing from `run`.
void run_dual(const Kernels& kernels, const DualModel& model, const DualInputs& inputs, bool score,
              size_t from, size_t to, reference::Run& run) {
  std::vector<float> scratch(dual_softmax_scratch(model.network), NAN);
  const size_t frame = from / static_cast<size_t>(inputs.samples_per_frame);
  const DualSoftmaxRow row{
      .samples = static_cast<int64_t>(to - from),
      .samples_per_frame = inputs.samples_per_frame,
      .temperature = inputs.temperature,
      .conditioning =
          inputs.conditioning.data() + frame * static_cast<size_t>(model.network.conditioning_size),
      .uniforms = inputs.uniforms.data() + 2 * from,
      .given = inputs.given.data() + from,
      .audio = run.audio.data() + from,
      .logits = score ? run.logits.data() + 512 * from : nullptr,
      .previous = run.previous.data(),
      .state = run.state.data()};
  (score ? kernels.dual_softmax_score : kernels.dual_softmax_generate)(model.network, row,
                                                                       scratch.data());
}

void check_dual(const std::string& what, const DualModel& model, size_t samples) {
  const DualInputs inputs(model, 11, samples);
  for (const bool score : {false, true}) {
    const auto expected = reference::dual_softmax(
        model, inputs.conditioning, score ? std::vector<float>() : inputs.uniforms, inputs.given,
        inputs.samples_per_frame, inputs.temperature, inputs.previous, inputs.state);
    for (const Kernels* level : available_levels()) {
      for (const size_t cut : {size_t{0}, size_t{14}}) {
        reference::Run run{std::vector<float>(samples), std::vector<float>(512 * samples),
                           inputs.previous, inputs.state};
        run_dual(*level, model, inputs, score, 0, cut, run);
        run_dual(*level, model, inputs, score, cut, samples, run);
        const std::string name = what + (score ? " score at " : " generate at ") + level->level;
        if (score) {
          CHECK_SAME_BITS(name + ": logits", expected.logits, run.logits);
        } else {
          CHECK_SAME_BITS(name + ": audio", expected.audio, run.audio);
        }
        CHECK_SAME_BITS(name + ": previous", expected.previous, run.previous);
        CHECK_SAME_BITS(name + ": state", expected.state, run.state);
      }
    }
  }
}

void check_residual(const std::string& what, const ResidualModel& model, size_t samples) {
  const ResidualGruNetwork& network = model.network;
  Random random(21);
  const size_t aux_size = static_cast<size_t>(network.aux_sizes[0] + network.aux_sizes[1] +
                                              network.aux_sizes[2] + network.aux_sizes[3]);
  const auto mels = random.numbers(samples * static_cast<size_t>(network.mels), 1);
  const auto aux = random.numbers((samples / 5 + 1) * aux_size, 1);
  const auto uniforms = random.uniforms(samples * static_cast<size_t>(network.draws));
  const auto given = random.numbers(samples, 1);
  const auto previous = random.numbers(1, 1);
  const auto state = random.numbers(2 * static_cast<size_t>(network.hidden), 0.9f);
  const size_t outputs = static_cast<size_t>(network.output.weight.rows);
  for (const bool score : {false, true}) {
    const auto expected = reference::residual_gru(
        model, mels, aux, score ? std::vector<float>() : uniforms, given, 5, 1.1f, previous, state);
    for (const Kernels* level : available_levels()) {
      reference::Run run{std::vector<float>(samples), std::vector<float>(outputs * samples),
                         previous, state};
      std::vector<float> scratch(residual_gru_scratch(network), NAN);
      std::vector<int32_t> integers(residual_gru_integer_scratch(network), -1);
      const ResidualGruRow row{.samples = static_cast<int64_t>(samples),
                               .samples_per_frame = 5,
                               .temperature = 1.1f,
                               .mels = mels.data(),
                               .aux = aux.data(),
                               .uniforms = uniforms.data(),
                               .given = given.data(),
                               .audio = run.audio.data(),
                               .logits = run.logits.data(),
                               .previous = run.previous.data(),
                               .state = run.state.data()};
      const std::string name = what + (score ? " score at " : " generate at ") + level->level;
      if (score) {
        level->residual_gru_score(network, row, scratch.data());
        CHECK_SAME_BITS(name + ": logits", expected.logits, run.logits);
      } else {
        level->residual_gru_generate(network, row, scratch.data(), integers.data());
        CHECK_SAME_BITS(name + ": audio", expected.audio, run.audio);
      }
      CHECK_SAME_BITS(name + ": previous", expected.previous, run.previous);
      CHECK_SAME_BITS(name + ": state", expected.state, run.state);
    }
  }
}

}  // namespace

WB_TEST(dual_softmax) {
  check_dual("h64 sparse", DualModel(1, 64, 20, 32, 24, 16, 1, 0.3), 40);
  check_dual("h10 ragged", DualModel(2, 10, 3, 5, 33, 1, 4, 0.5), 40);
  check_dual("h2 smallest", DualModel(3, 2, 1, 1, 1, 1, 1, 1.0), 40);
  check_dual("h36 in 4x4", DualModel(4, 36, 17, 16, 16, 4, 4, 0.5), 40);
}

WB_TEST(residual_gru) {
  check_residual("r32 categorical", ResidualModel(1, 32, 8, {4, 4, 4, 4}, 32, 24, 64, 0), 30);
  check_residual("r19 mixture of 10", ResidualModel(2, 19, 5, {3, 2, 1, 4}, 17, 18, 30, 10), 30);
  check_residual("r5 without aux", ResidualModel(3, 5, 1, {0, 0, 0, 0}, 3, 2, 2, 0), 30);
  check_residual("r8 one logistic", ResidualModel(4, 8, 4, {0, 3, 0, 1}, 8, 8, 3, 1), 30);
}

WB_TEST(given_samples_that_are_no_numbers) {
  const DualModel model(5, 8, 2, 4, 4, 8, 1, 1.0);
  DualInputs inputs(model, 3, 6);
  inputs.given = {NAN, INFINITY, -INFINITY, 5.0f, -5.0f, 0.0f};
  const auto expected = reference::dual_softmax(model, inputs.conditioning, {}, inputs.given, 7, 1,
                                                inputs.previous, inputs.state);
  for (const Kernels* level : available_levels()) {
    reference::Run run{std::vector<float>(6), std::vector<float>(6 * 512), inputs.previous,
                       inputs.state};
    run_dual(*level, model, inputs, true, 0, 6, run);
    CHECK_SAME_BITS(level->level, expected.logits, run.logits);
  }
}

WB_TEST(nothing_but_nan_still_ends) {
  const DualModel model(6, 20, 3, 7, 7, 1, 4, 0.5);
  DualInputs inputs(model, 3, 20);
  inputs.state.assign(20, NAN);
  inputs.uniforms.assign(40, NAN);
  for (const Kernels* level : available_levels()) {
    reference::Run run{std::vector<float>(20), {}, inputs.previous, inputs.state};
    run_dual(*level, model, inputs, false, 0, 20, run);
    CHECK_SAME_BITS(level->level, std::vector<float>(20, -1.0f), run.audio);
  }
}

WB_TEST(no_samples_leave_state_alone) {
  const DualModel model(7, 12, 3, 7, 7, 1, 4, 0.5);
  const DualInputs inputs(model, 3, 1);
  for (const Kernels* level : available_levels()) {
    reference::Run run{{}, {}, inputs.previous, inputs.state};
    run_dual(*level, model, inputs, false, 0, 0, run);
    CHECK_SAME_BITS(level->level, inputs.state, run.state);
  }
}

WB_TEST(threads_do_not_disturb_each_other) {
  const DualModel model(8, 48, 16, 16, 16, 16, 1, 0.5);
  const DualInputs inputs(model, 9, 100);
  const Kernels& kernels = *available_levels().back();
  std::vector<reference::Run> runs(4);
  for (auto& run : runs) run = {std::vector<float>(100), {}, inputs.previous, inputs.state};
  std::vector<std::thread> threads;
  for (auto& run : runs) {
    threads.emplace_back([&] { run_dual(kernels, model, inputs, false, 0, 100, run); });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& run : runs) CHECK_SAME_BITS("audio", runs[0].audio, run.audio);
}

int main() { return run_all(); }
