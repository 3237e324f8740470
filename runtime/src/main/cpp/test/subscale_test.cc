// Subscale utterances: the kernels, step by step with rows staggered, against plain loops that take
// one sub-tensor after the other.

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "dispatch/cpu_level.h"
#include "test/context_model.h"
#include "test/harness.h"
#include "test/reference.h"
#include "test/team_runner.h"

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

constexpr float kTemperature = 0.9f;

/// Inputs of an utterance, and how it is divided.
struct Utterance {
  int factor, horizon, samples_per_frame;
  size_t samples;
  std::vector<float> frames;  ///< conditioning, or aux values
  std::vector<float> mels;
  std::vector<float> uniforms, previous, state;

  size_t frame_of(size_t sample) const { return sample / static_cast<size_t>(samples_per_frame); }
};

/// The output for an utterance.
struct Made {
  std::vector<float> audio, previous, state;
  std::vector<int64_t> oldest;  ///< for each sample the oldest that its context reads

  void check(const std::string& name, const Made& found) const {
    CHECK_SAME_BITS(name + ": audio", audio, found.audio);
    CHECK_SAME_BITS(name + ": previous", previous, found.previous);
    CHECK_SAME_BITS(name + ": state", state, found.state);
  }
};

/// The dual-softmax network in the two computations.
struct Dual {
  const DualModel& model;

  size_t draws() const { return 2; }
  size_t values() const { return 2; }
  size_t states() const { return static_cast<size_t>(model.network.hidden); }
  size_t frame_size() const { return static_cast<size_t>(model.network.conditioning_size); }
  size_t mel_size() const { return 0; }
  int inputs() const { return 3 * model.network.hidden; }

  float sample(const Utterance& of, size_t t,
               const std::function<std::vector<float>(const std::vector<float>&)>& add_context,
               std::vector<float>& previous, std::vector<float>& state) const {
    const auto g = reference::affine(model.weights[0], of.frames, of.frame_of(t) * frame_size(),
                                     model.biases[0]);
    return reference::dual_sample(model, add_context(g), reference::part(of.uniforms, 2 * t, 2), 0,
                                  kTemperature, previous, state)
        .audio;
  }

  SequenceRows rows() const { return {}; }
  static void give(SequenceRows& rows, const float* frames, const float* /*mels*/) {
    rows.by_frame = frames;
  }
  template <typename Body>
  auto with(const Kernels& kernels, const Body& body) const {
    const auto run = [&](const auto& of, const auto& network) {
      return body(network, of.dual_softmax.subscale_scratch, of.dual_softmax.subscale);
    };
    return model.int8_packed.empty() ? run(kernels.f32, model.network)
                                     : run(kernels.int8, model.int8);
  }
};

/// The residual GRU network.
struct Residual {
  const ResidualModel& model;

  size_t draws() const { return static_cast<size_t>(model.network.head.draws()); }
  size_t values() const { return 1; }
  size_t states() const { return 2 * static_cast<size_t>(model.network.hidden); }
  size_t frame_size() const {
    const int32_t (&sizes)[4] = model.network.aux_sizes;
    return static_cast<size_t>(sizes[0] + sizes[1] + sizes[2] + sizes[3]);
  }
  size_t mel_size() const { return static_cast<size_t>(model.network.mels); }
  int inputs() const { return model.network.hidden; }

  float sample(const Utterance& of, size_t t,
               const std::function<std::vector<float>(const std::vector<float>&)>& add_context,
               std::vector<float>& previous, std::vector<float>& state) const {
    const auto frame = reference::residual_frame(model, of.frames, of.frame_of(t));
    const auto x = reference::affine(model.weights[0], of.mels, t * mel_size(), frame.i0);
    return reference::residual_sample(model, add_context(x), frame,
                                      reference::part(of.uniforms, t * draws(), draws()), 0,
                                      kTemperature, previous, state)
        .audio;
  }

  SequenceRows rows() const { return {}; }
  static void give(SequenceRows& rows, const float* frames, const float* mels) {
    rows.by_frame = frames;
    rows.by_sample = mels;
  }
  template <typename Body>
  auto with(const Kernels& kernels, const Body& body) const {
    const auto run = [&](const auto& of, const auto& network) {
      return body(network, of.residual_gru.subscale_scratch, of.residual_gru.subscale);
    };
    return model.int8_packed.empty() ? run(kernels.f32, model.network)
                                     : run(kernels.int8, model.int8);
  }
};

template <typename Network>
Utterance random_utterance(const Network& network, uint64_t seed, int factor, int horizon,
                           size_t samples, int samples_per_frame = 7) {
  Random random(seed);
  Utterance of{.factor = factor,
               .horizon = horizon,
               .samples_per_frame = samples_per_frame,
               .samples = samples,
               .frames = {},
               .mels = random.numbers(samples * network.mel_size(), 1),
               .uniforms = random.uniforms(samples * network.draws()),
               .previous = random.numbers(static_cast<size_t>(factor) * network.values(), 1),
               .state = random.numbers(static_cast<size_t>(factor) * network.states(), 0.9f)};
  of.frames = random.numbers((of.frame_of(samples) + 1) * network.frame_size(), 1);
  return of;
}

/// One sub-tensor after the other.
template <typename Network>
Made expected(const Network& network, const ContextModel& context, const Utterance& of) {
  Made made;
  made.audio.resize(of.samples);
  made.oldest.resize(of.samples, INT64_MAX);
  for (int row = 0; row < of.factor; row++) {
    const size_t at = static_cast<size_t>(row);
    auto previous = reference::part(of.previous, at * network.values(), network.values());
    auto state = reference::part(of.state, at * network.states(), network.states());
    int64_t position = 0;
    for (size_t t = at; t < of.samples; t += static_cast<size_t>(of.factor), position++) {
      reference::Context contexts(context, of.factor, of.horizon, made.audio, row);
      made.audio[t] = network.sample(
          of, t,
          [&](const std::vector<float>& x) {
            if (context.channels == 0) return x;
            return reference::affine(context.input, contexts.at(position), 0, x);
          },
          previous, state);
      made.oldest[t] = contexts.oldest();
    }
    made.previous.insert(made.previous.end(), previous.begin(), previous.end());
    made.state.insert(made.state.end(), state.begin(), state.end());
  }
  return made;
}

/// How the steps are divided.
struct Plan {
  int chunk = 1;
  std::vector<int64_t> calls = {};      ///< steps of each but the last, which takes what is left
  std::vector<int64_t> stretches = {};  ///< steps of each stretch of a call but the last
  bool window = false;                  ///< no more samples at hand than must be
  int32_t members = 1;
};

int64_t steps_of(const Utterance& of, int64_t lag) {
  int64_t last = 0;
  for (int64_t t = 0; t < static_cast<int64_t>(of.samples); t++) {
    last = std::max(last, t / of.factor + t % of.factor * lag + 1);
  }
  return last;
}

/// The first sample that must be at hand for steps `begin`..`end`: the first that they make, and
/// all from time 0 on that lie within reach of their contexts.
int64_t first_needed(const ContextModel& context, const Utterance& of, const Made& expected,
                     int64_t lag, int64_t begin, int64_t end) {
  int64_t time = static_cast<int64_t>(of.samples) - 1, oldest = INT64_MAX;
  time /= of.factor;
  for (int64_t t = 0; t < static_cast<int64_t>(of.samples); t++) {
    const int64_t position = t / of.factor, row = t % of.factor, step = position + row * lag;
    if (step < begin || step >= end) continue;
    time = std::min(time, position);
    if (context.channels > 1 && row > 0)
      time = std::min(time, position + of.horizon - context.reach());
    if (context.own_past) time = std::min(time, position - 1 - context.reach());
    oldest = std::min(oldest, expected.oldest[static_cast<size_t>(t)]);
  }
  const int64_t first = std::max<int64_t>(time, 0) * of.factor;
  CHECK(first <= oldest);
  return first;
}

/// One call over exactly the window's inputs.
template <typename Network>
void call(const Network& network, const ContextModel& context, const Utterance& of,
          const Plan& plan, const Kernels& kernels, int64_t first_sample, int64_t end_sample,
          int64_t begin, int64_t end, Made& made) {
  const size_t first = static_cast<size_t>(first_sample);
  const size_t count = static_cast<size_t>(end_sample) - first;
  const size_t frame_count = of.frame_of(first + count - 1) - of.frame_of(first) + 1;
  const auto part = [](const std::vector<float>& all, size_t from, size_t length, size_t size) {
    return reference::part(all, from * size, length * size);
  };
  const auto frames = part(of.frames, of.frame_of(first), frame_count, network.frame_size());
  const auto mels = part(of.mels, first, count, network.mel_size());
  const auto uniforms = part(of.uniforms, first, count, network.draws());
  auto audio = part(made.audio, first, count, 1);
  auto rows = network.rows();
  rows.rows = of.factor;
  rows.samples = static_cast<int64_t>(count);
  rows.frames = static_cast<int64_t>(frame_count);
  rows.samples_per_frame = of.samples_per_frame;
  const std::vector<float> temperature(static_cast<size_t>(of.factor), kTemperature);
  rows.temperature = temperature.data();
  rows.uniforms = uniforms.data();
  rows.audio = audio.data();
  rows.previous = made.previous.data();
  rows.state = made.state.data();
  network.give(rows, frames.data(), mels.data());
  SubscaleWindow window{.horizon = of.horizon,
                        .lag = of.horizon + plan.chunk,
                        .first_sample = first_sample,
                        .begin = begin,
                        .end = end,
                        .step = begin,
                        .count = end - begin};
  network.with(kernels, [&](const auto& with, const auto& scratch, const auto& run) {
    TeamRunner team(plan.members, scratch(with, context.network, window, rows));
    size_t stretch = 0;
    while (window.step < end) {
      window.count = end - window.step;
      if (stretch < plan.stretches.size()) {
        window.count = std::min(window.count, plan.stretches[stretch++]);
      }
      window.step += team.run(
          [&](const Seat& seat) { return run(with, context.network, window, rows, seat); });
    }
    return 0;
  });
  std::copy(audio.begin(), audio.end(), made.audio.begin() + first_sample);
}

/// The output of the kernels for an utterance.
template <typename Network>
Made made_by(const Network& network, const ContextModel& context, const Utterance& of,
             const Plan& plan, const Kernels& kernels, const Made& expected) {
  // Samples that are not made are NaN here, and nothing that is made depends on them.
  Made made{std::vector<float>(of.samples, NAN), of.previous, of.state, {}};
  const int64_t lag = of.horizon + plan.chunk, steps = steps_of(of, lag);
  size_t index = 0;
  for (int64_t begin = 0, end = 0; begin < steps; begin = end) {
    end = index < plan.calls.size() ? std::min(steps, begin + plan.calls[index++]) : steps;
    const int64_t samples = static_cast<int64_t>(of.samples);
    const int64_t first = plan.window ? first_needed(context, of, expected, lag, begin, end) : 0;
    // No step makes or reads a sample after those of row 0.
    const int64_t last = plan.window ? std::min(samples, of.factor * end) : samples;
    call(network, context, of, plan, kernels, first, std::max(last, first + 1), begin, end, made);
  }
  return made;
}

template <typename Network>
void check_lagged(const std::string& what, const Network& network, const ContextModel& context,
                  const Utterance& of, const std::vector<Plan>& plans) {
  const Made wanted = expected(network, context, of);
  for (const Kernels* level : available_levels()) {
    for (size_t i = 0; i < plans.size(); i++) {
      wanted.check(what + ", plan " + std::to_string(i) + ", at " + level->level,
                   made_by(network, context, of, plans[i], *level, wanted));
    }
  }
}

/// Plans that must all give the same.
std::vector<Plan> plans_of(int chunk, bool own_past) {
  const int other = own_past ? 1 : chunk + 2;
  return {{.chunk = chunk},
          {.chunk = other, .calls = {1, 1, 3, 0, 10, 7, 13}, .window = true},
          {.chunk = chunk, .calls = {9, 20}, .stretches = {1, 2, 5, 1}, .window = true}};
}

std::string text(int value) { return std::to_string(value); }

}  // namespace

WB_TEST(factors_and_horizons) {
  const std::vector<std::pair<int, int>> sizes = {{1, 0}, {2, 1}, {8, 4}, {16, 7}, {5, 0}, {3, 20}};
  for (const Arithmetic as : kArithmetics) {
    const DualModel dual(2, 10, 3, 5, 33, 1, 4, 0.5, as);
    const ResidualModel residual(2, 19, 5, {3, 2, 1, 4}, 17, 18, 30, 10, as);
    for (const auto& [factor, horizon] : sizes) {
      const std::string what = text(as) + text(factor) + " rows, horizon " + text(horizon);
      for (const bool own_past : {false, true}) {
        const std::vector<ContextModel::Sizes> layers = {
            {5, 3, 1, true}, {7, 2, 3, true}, {4, 1, 1, false}};
        const size_t samples = static_cast<size_t>(factor * 20 + 3);
        const Dual a{dual};
        check_lagged(what + ", dual", a, ContextModel(3, 16, own_past, layers, a.inputs()),
                     random_utterance(a, 5, factor, horizon, samples), plans_of(1, own_past));
        const Residual b{residual};
        check_lagged(what + ", residual", b, ContextModel(4, factor, own_past, layers, b.inputs()),
                     random_utterance(b, 6, factor, horizon, samples), plans_of(1, own_past));
      }
    }
  }
}

WB_TEST(many_rows) {
  const DualModel model(2, 10, 3, 5, 33, 1, 4, 0.5);
  const Dual dual{model};
  const ContextModel context(3, 64, false, {{6, 2, 2, true}, {3, 2, 1, true}}, dual.inputs());
  for (const int factor : {17, 64}) {
    check_lagged(text(factor) + " rows", dual, context,
                 random_utterance(dual, 5, factor, 2, static_cast<size_t>(factor) * 30 + 9),
                 {{.chunk = 1}});
    // Rows that end before others begin, and rows without any sample.
    for (const size_t samples : {size_t{1}, size_t{16}, size_t{100}}) {
      check_lagged(text(factor) + " short rows", dual, context,
                   random_utterance(dual, 5, factor, 3, samples), plans_of(2, false));
    }
  }
}

WB_TEST(without_a_context) {
  for (const Arithmetic as : kArithmetics) {
    const DualModel dual(6, 38, 7, 24, 20, 1, 1, 0.3, as);
    const ResidualModel residual(7, 21, 5, {3, 0, 2, 4}, 17, 18, 16, 0, as);
    check_lagged("dual", Dual{dual}, ContextModel(), random_utterance(Dual{dual}, 3, 6, 5, 101),
                 plans_of(2, false));
    check_lagged("residual", Residual{residual}, ContextModel(),
                 random_utterance(Residual{residual}, 3, 6, 5, 101), plans_of(2, false));
  }
}

WB_TEST(rows_with_quads_of_their_own) {
  for (const Arithmetic as : kArithmetics) {
    const ResidualModel model(5, 72, 64, {4, 0, 3, 0}, 48, 48, 128, 0, as, {1, 4, 0.08, false});
    const Residual residual{model};
    CHECK(model.network.mel_weight.layout == PanelLayout::kRowQuads);
    std::vector<Plan> plans = plans_of(1, false);
    plans.push_back({.chunk = 1, .stretches = {4}, .members = 3});
    check_lagged("pruned", residual,
                 ContextModel(4, 3, false, {{8, 2, 1, true}, {4, 2, 2, true}}, residual.inputs()),
                 random_utterance(residual, 5, 3, 2, 63), plans);
  }
}

WB_TEST(one_row_without_a_context_is_a_sequence) {
  const DualModel model(6, 38, 7, 24, 20, 1, 1, 0.3);
  const Utterance of = random_utterance(Dual{model}, 3, 1, 0, 100);
  const auto run = reference::dual_softmax(model, of.frames, of.uniforms, {}, of.samples_per_frame,
                                           kTemperature, of.previous, of.state);
  for (const Kernels* level : available_levels()) {
    const Made made = made_by(Dual{model}, ContextModel(), of, {.calls = {30, 1}, .window = true},
                              *level, expected(Dual{model}, ContextModel(), of));
    Made{run.audio, run.previous, run.state, {}}.check(level->level, made);
  }
}

WB_TEST(random_contexts) {
  Random random(77);
  const auto below = [&](int limit) {
    return static_cast<int>(random.bits() % static_cast<uint32_t>(limit));
  };
  for (uint64_t i = 0; i < 16; i++) {
    const Arithmetic as = kArithmetics[i % 3];
    const int factor = 1 + below(20), horizon = below(15);
    const bool own_past = below(2) == 0;
    std::vector<ContextModel::Sizes> layers;
    for (int depth = 1 + below(4); depth > 0; depth--) {
      layers.push_back({1 + below(20), 1 + below(3), 1 + below(6), below(2) == 0});
    }
    const size_t samples = static_cast<size_t>(1 + below(400));
    std::vector<Plan> plans = plans_of(own_past ? 1 : 1 + below(9), own_past);
    plans.push_back({.chunk = 1, .stretches = {4}, .members = 2 + below(3)});
    for (int64_t& steps : plans[1].calls) steps = below(40);
    const int spf = 1 + below(50);
    const std::string what = "case " + std::to_string(i);
    if (below(2) == 0) {
      const DualModel model(i, 2 * (1 + below(20)), 1 + below(9), 1 + below(20), 1 + below(20), 1,
                            1, 0.7, as);
      const Dual dual{model};
      check_lagged(what, dual, ContextModel(i, factor + below(5), own_past, layers, dual.inputs()),
                   random_utterance(dual, i, factor, horizon, samples, spf), plans);
    } else {
      const ResidualModel model(i, 1 + below(30), 1 + below(9),
                                {below(4), below(4), below(4), below(4)}, 1 + below(20),
                                1 + below(20), 30, below(2) * 10, as);
      const Residual residual{model};
      check_lagged(what, residual,
                   ContextModel(i, factor + below(5), own_past, layers, residual.inputs()),
                   random_utterance(residual, i, factor, horizon, samples, spf), plans);
    }
  }
}

int main() { return run_all(); }
