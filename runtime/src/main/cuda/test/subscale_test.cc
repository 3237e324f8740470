#include <algorithm>
#include <cmath>
#include <functional>

#include "test/kernel_case.h"

// Subscale utterances on the emulated GPU against docs/numerics.md, one sub-tensor after the other,
// bit for bit.

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

constexpr float kTemperature = 0.9f;
constexpr int kSamplesPerFrame = 7;

/// An utterance and what is made of it.
struct Utterance {
  int factor, horizon;
  size_t samples, draws;
  std::vector<float> frames, mels, uniforms, previous, state;

  size_t frame_count() const { return (samples - 1) / kSamplesPerFrame + 1; }
};
struct Made {
  std::vector<float> audio, previous, state;

  void check(const std::string& what, const Made& found) const {
    CHECK_SAME_BITS(what + ": audio", audio, found.audio);
    CHECK_SAME_BITS(what + ": previous", previous, found.previous);
    CHECK_SAME_BITS(what + ": state", state, found.state);
  }
};

/// The sample at time `t`, whose context's product is added by `enter`; changes previous values and
/// state.
using SampleOf = std::function<float(
    size_t t, const std::function<std::vector<float>(const std::vector<float>&)>& enter,
    std::vector<float>& previous, std::vector<float>& state)>;

Made expected(const Utterance& of, const ContextModel& context, const SampleOf& sample) {
  Made made{std::vector<float>(of.samples), {}, {}};
  const size_t rows = static_cast<size_t>(of.factor);
  for (size_t row = 0; row < rows; row++) {
    auto previous = of_row(of.previous, row, rows);
    auto state = of_row(of.state, row, rows);
    int64_t position = 0;
    for (size_t t = row; t < of.samples; t += rows, position++) {
      reference::Context contexts(context, of.factor, of.horizon, made.audio,
                                  static_cast<int>(row));
      const auto enter = [&](const std::vector<float>& x) {
        return context.channels == 0
                   ? x
                   : reference::affine(context.input, contexts.at(position), 0, x);
      };
      made.audio[t] = sample(t, enter, previous, state);
    }
    made.previous.insert(made.previous.end(), previous.begin(), previous.end());
    made.state.insert(made.state.end(), state.begin(), state.end());
  }
  return made;
}

/// How an utterance is cut into calls.
struct Plan {
  int chunk;
  std::vector<int64_t> calls = {};  ///< steps of each but the last
  bool window = false;              ///< no more samples at hand than must be
};

/// The first sample that a call must have at hand.
int64_t first_needed(const Utterance& of, const ContextModel& context, int64_t lag, int64_t begin) {
  int64_t time = INT64_MAX;
  for (int64_t row = 0; row < of.factor; row++) {
    const int64_t first = std::max<int64_t>(0, begin - row * lag);
    if (first * of.factor + row >= static_cast<int64_t>(of.samples)) continue;
    time = std::min(time, first);
    if (context.channels > 1 && row > 0)
      time = std::min(time, first + of.horizon - context.reach());
    if (context.own_past) time = std::min(time, first - 1 - context.reach());
  }
  return time == INT64_MAX ? 0 : std::max<int64_t>(time, 0) * of.factor;
}

template <typename Call, typename Prepared, typename Give>
Made made_by(const Utterance& of, const ContextModel& context, const Plan& plan,
             const Prepared& prepared, const Give& give) {
  // Samples that are not made are NaN here, and nothing that is made depends on them.
  Made made{std::vector<float>(of.samples, NAN), of.previous, of.state};
  const int64_t samples = static_cast<int64_t>(of.samples), lag = of.horizon + plan.chunk;
  const int64_t steps = (of.factor - 1) * lag + samples / of.factor + 1;
  size_t index = 0;
  for (int64_t begin = 0, end = 0; begin < steps; begin = end) {
    end = index < plan.calls.size() ? std::min(steps, begin + plan.calls[index++]) : steps;
    const int64_t first = plan.window ? first_needed(of, context, lag, begin) : 0;
    Call call;
    call.rows = of.factor;
    call.samples = samples - first;
    call.frames = static_cast<int64_t>(of.frame_count()) - first / kSamplesPerFrame;
    const auto from = [&](const std::vector<float>& all, size_t size) {
      return std::vector<float>(all.begin() + first * static_cast<int64_t>(size), all.end());
    };
    const DeviceArray uniforms(from(of.uniforms, of.draws)),
        temperature(std::vector<float>{kTemperature});
    const DeviceArray audio(from(made.audio, 1)), previous(made.previous), state(made.state);
    const DeviceArray<float> next(audio.size()), next_previous(previous.size()),
        next_state(state.size());
    const DeviceArray<uint32_t> status(std::vector<uint32_t>{99});
    call.uniforms = uniforms.data();
    call.temperature = temperature.data();
    call.audio = audio.data();
    call.next_audio = next.data();
    call.previous = previous.data();
    call.state = state.data();
    call.next_previous = next_previous.data();
    call.next_state = next_state.data();
    call.status = status.data();
    const int64_t schedule[4] = {first, plan.chunk, begin, end - begin};
    std::copy(schedule, schedule + 4, call.schedule);
    give(call, first);
    const DeviceArray workspace(
        std::vector<unsigned char>(prepared.workspace(call.rows, call.samples, call.frames), 0xff));
    const cuda::Result result = prepared.launch(call, workspace.data(), nullptr);
    check_good("call", result, status.values()[0]);
    const std::vector<float> made_now = next.values();
    made.previous = next_previous.values();
    made.state = next_state.values();
    std::copy(made_now.begin(), made_now.end(), made.audio.begin() + first);
  }
  return made;
}

std::vector<Plan> plans_of(bool own_past) {
  return {{.chunk = 2}, {.chunk = own_past ? 1 : 3, .calls = {1, 2, 0, 9, 5}, .window = true}};
}

void check_dual(const std::string& what, const DualModel& model, const ContextModel& context,
                int factor, int horizon, size_t samples, cuda::Variant variant) {
  Random random(5);
  const size_t rows = static_cast<size_t>(factor),
               hidden = static_cast<size_t>(model.network.hidden);
  const size_t size = static_cast<size_t>(model.network.conditioning_size);
  Utterance of{factor,
               horizon,
               samples,
               2,
               {},
               {},
               random.uniforms(2 * samples),
               random.numbers(2 * rows, 1),
               random.numbers(rows * hidden, 0.9f)};
  of.frames = random.numbers(of.frame_count() * size, 1);
  const Made wanted =
      expected(of, context, [&](size_t t, const auto& enter, auto& previous, auto& state) {
        const auto gates = reference::affine(model.weights[0], of.frames,
                                             t / kSamplesPerFrame * size, model.biases[0]);
        return reference::dual_sample(model, enter(gates), reference::part(of.uniforms, 2 * t, 2),
                                      0, kTemperature, previous, state)
            .audio;
      });
  DescribedDual described(model, kSamplesPerFrame);
  const DescribedContext of_context(context, horizon);
  described.network.subscale = of_context.subscale;
  std::unique_ptr<cuda::PreparedSequence> prepared;
  check_good(
      what,
      cuda::prepare(described.network, options_of(variant, rows, 32, 3), "test", nullptr, prepared),
      0);
  const DeviceArray frames(of.frames);
  for (const Plan& plan : plans_of(context.own_past)) {
    wanted.check(what,
                 made_by<cuda::SequenceCall>(
                     of, context, plan, *prepared, [&](cuda::SequenceCall& call, int64_t first) {
                       call.by_frame =
                           frames.data() + first / kSamplesPerFrame * static_cast<int64_t>(size);
                     }));
  }
}

void check_residual(const std::string& what, const ResidualModel& model,
                    const ContextModel& context, int factor, int horizon, size_t samples,
                    cuda::Variant variant) {
  Random random(6);
  const size_t rows = static_cast<size_t>(factor),
               hidden = static_cast<size_t>(model.network.hidden);
  const size_t mels = static_cast<size_t>(model.network.mels),
               draws = static_cast<size_t>(model.network.head.draws());
  size_t aux = 0;
  for (const int32_t size : model.network.aux_sizes) aux += static_cast<size_t>(size);
  Utterance of{factor,
               horizon,
               samples,
               draws,
               {},
               random.numbers(samples * mels, 1),
               random.uniforms(draws * samples),
               random.numbers(rows, 1),
               random.numbers(rows * 2 * hidden, 0.9f)};
  of.frames = random.numbers(of.frame_count() * aux, 1);
  const Made wanted =
      expected(of, context, [&](size_t t, const auto& enter, auto& previous, auto& state) {
        const auto frame = reference::residual_frame(model, of.frames, t / kSamplesPerFrame);
        return reference::residual_sample(
                   model, enter(reference::affine(model.weights[0], of.mels, t * mels, frame.i0)),
                   frame, reference::part(of.uniforms, draws * t, draws), 0, kTemperature, previous,
                   state)
            .audio;
      });
  DescribedResidual described(model, kSamplesPerFrame);
  const DescribedContext of_context(context, horizon);
  described.network.subscale = of_context.subscale;
  std::unique_ptr<cuda::PreparedSequence> prepared;
  check_good(
      what,
      cuda::prepare(described.network, options_of(variant, rows, 32, 3), "test", nullptr, prepared),
      0);
  const DeviceArray frames(of.frames), mels_on_device(of.mels);
  for (const Plan& plan : plans_of(context.own_past)) {
    wanted.check(what,
                 made_by<cuda::SequenceCall>(
                     of, context, plan, *prepared, [&](cuda::SequenceCall& call, int64_t first) {
                       call.by_sample = mels_on_device.data() + first * static_cast<int64_t>(mels);
                       call.by_frame =
                           frames.data() + first / kSamplesPerFrame * static_cast<int64_t>(aux);
                     }));
  }
}

const std::vector<ContextModel::Sizes> kLayers = {
    {5, 3, 1, true}, {7, 2, 3, true}, {4, 1, 1, false}};

}  // namespace

WB_TEST(factors_and_horizons) {
  const std::vector<std::pair<int, int>> sizes = {{1, 0}, {2, 1}, {8, 4}, {3, 9}};
  for (const Arithmetic as : kArithmetics) {
    const DualModel dual(2, 10, 3, 5, 33, 1, 4, 0.5, as);
    const ResidualModel residual(2, 11, 5, {3, 2, 1, 4}, 9, 8, 30, 10, as);
    for (const auto& [factor, horizon] : sizes) {
      for (const bool own_past : {false, true}) {
        const cuda::Variant variant = own_past ? cuda::Variant::kCluster : cuda::Variant::kPackets;
        const std::string what =
            text(as) + std::to_string(factor) + " rows, horizon " + std::to_string(horizon);
        const size_t samples = static_cast<size_t>(factor * 6 + 1);
        check_dual(what + ", dual", dual, ContextModel(3, 8, own_past, kLayers, 30), factor,
                   horizon, samples, variant);
        check_residual(what + ", residual", residual, ContextModel(4, 8, own_past, kLayers, 11),
                       factor, horizon, samples, variant);
      }
    }
  }
}

WB_TEST(without_a_context) {
  const DualModel dual(6, 18, 7, 12, 9, 1, 1, 0.3, Arithmetic::kInt8);
  const ResidualModel residual(7, 9, 5, {3, 0, 2, 4}, 8, 9, 16, 0);
  check_dual("dual", dual, ContextModel(), 6, 5, 50, cuda::Variant::kPackets);
  check_residual("residual", residual, ContextModel(), 6, 5, 50, cuda::Variant::kCluster);
}

WB_TEST(rows_without_samples) {
  const DualModel dual(6, 8, 3, 6, 5, 1, 1, 1);
  for (const size_t samples : {size_t{1}, size_t{5}}) {
    check_dual("dual", dual, ContextModel(3, 20, false, kLayers, 24), 20, 2, samples,
               cuda::Variant::kPackets);
  }
}

WB_TEST(schedules_that_cannot_be) {
  const DualModel model(6, 8, 3, 6, 5, 1, 1, 1);
  const ContextModel context(3, 4, false, kLayers, 24);
  DescribedDual described(model, kSamplesPerFrame);
  const DescribedContext of_context(context, 2);
  described.network.subscale = of_context.subscale;
  std::unique_ptr<cuda::PreparedSequence> prepared;
  check_good("prepare",
             cuda::prepare(described.network, options_of(cuda::Variant::kPackets, 4), "test",
                           nullptr, prepared),
             0);
  std::vector<float> some(1000);
  uint32_t status = 0;
  const auto message = [&](int64_t rows, int64_t frames, const std::vector<int64_t>& schedule) {
    cuda::SequenceCall call;
    call.rows = rows;
    call.samples = 40;
    call.frames = frames;
    call.by_frame = call.uniforms = call.previous = call.state = call.audio = call.temperature =
        some.data();
    call.next_audio = call.next_previous = call.next_state = some.data();
    call.status = &status;
    std::copy(schedule.begin(), schedule.end(), call.schedule);
    return prepared->launch(call, nullptr, nullptr).message;
  };
  const std::string start = "DualSoftmaxGenerate: ";
  CHECK_EQUAL(start + "schedule[0] (first sample): expected a multiple of 4 (rows), found 6",
              message(4, 6, {6, 1, 0, 1}));
  CHECK_EQUAL(start + "schedule[1] (chunk): expected 1 to 2147483647, found 0",
              message(4, 6, {0, 0, 0, 1}));
  CHECK_EQUAL(start +
                  "40 samples from sample 0 on: expected at least 6 frames (7 samples each), "
                  "found 5",
              message(4, 5, {0, 1, 0, 1}));
  CHECK_EQUAL(start +
                  "previous: expected at most 4 rows, for which the context network was "
                  "trained, found 5",
              message(5, 6, {0, 1, 0, 1}));
  CHECK_EQUAL(start +
                  "schedule[0] (first sample): expected at most 0, as row 0 needs it in step 0, "
                  "found 8",
              message(4, 9, {8, 1, 0, 1}));
}

int main() { return run_all(); }
