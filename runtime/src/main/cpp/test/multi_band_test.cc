// The multi-band GRU network and the band merge against plain loops, bit for bit, on every level.

#include <cmath>

#include "test/multi_band_model.h"
#include "test/sequence_check.h"

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

constexpr size_t kStepsPerFrame = 3;

/// A sequence's inputs, or those of several behind each other.
struct Inputs {
  std::vector<float> conditioning, uniforms, given, previous, state, temperature;

  Inputs(const MultiBandModel& model, size_t rows, size_t steps) {
    Random random(31);
    const size_t hidden = static_cast<size_t>(model.network.hidden);
    const size_t bands = static_cast<size_t>(model.network.bands);
    conditioning = random.numbers(rows * (steps / kStepsPerFrame + 1) * 3 * hidden, 1);
    uniforms = random.uniforms(rows * steps * bands * 2);
    // The ends of the range, too.
    uniforms[1] = 0.0f;
    uniforms.back() = 0x1.fffffep-1f;
    given = random.numbers(rows * steps * bands, 1);
    previous = random.numbers(rows * bands, 1);
    state = random.numbers(rows * hidden, 0.9f);
    temperature = random.temperatures(rows);
  }
};

/// The sample that one band's outputs give.
float drawn(const MultiBandModel& model, const std::vector<float>& outputs, size_t first,
            float temperature, const float* uniforms) {
  const size_t mixtures = static_cast<size_t>(model.network.mixtures);
  const auto chosen = static_cast<size_t>(
      reference::draw_class(reference::part(outputs, first, mixtures), temperature, uniforms[0]));
  const float margin = model.network.uniform_margin;
  const float q = uniforms[1] * (1.0f - (margin + margin)) + margin;
  const float scale = reference::log(reference::exp(outputs[first + 2 * mixtures + chosen]) + 1.0f);
  const float logistic = reference::log((1.0f - q) / q);
  const float value = outputs[first + mixtures + chosen] + (scale * temperature) * logistic;
  const float level =
      std::min(32767.0f, std::max(-32768.0f, value * model.network.levels_per_unit));
  return std::trunc(level) / 32768.0f + 0.0f;
}

/// One row alone.
void expect(const MultiBandModel& model, const Inputs& inputs, size_t row, size_t steps, bool score,
            reference::Run& run) {
  const size_t hidden = static_cast<size_t>(model.network.hidden), gates = 3 * hidden;
  const size_t bands = static_cast<size_t>(model.network.bands);
  std::vector<float> h = reference::part(inputs.state, row * hidden, hidden);
  std::vector<float> x = reference::part(inputs.previous, row * bands, bands);
  for (size_t t = 0; t < steps; t++) {
    const size_t frame = row * (steps / kStepsPerFrame + 1) + t / kStepsPerFrame;
    std::vector<float> in = reference::part(inputs.conditioning, frame * gates, gates);
    for (size_t k = 0; k < gates; k++) {
      for (size_t b = 0; b < bands; b++)
        in[k] = std::fma(model.by_band[b * gates + k], x[b], in[k]);
    }
    const auto a = reference::affine(model.weights[0], h, 0, model.biases[0], true);
    reference::gru(in, a, h);
    auto p = reference::affine(model.weights[1], h, 0, model.biases[1], true);
    for (float& value : p) value = value > 0.0f ? value : 0.0f;
    const auto outputs = reference::affine(model.weights[2], p, 0, model.biases[2]);
    run.logits.insert(run.logits.end(), outputs.begin(), outputs.end());
    const size_t at = (row * steps + t) * bands;
    for (size_t b = 0; b < bands; b++) {
      x[b] = score ? inputs.given[at + b]
                   : drawn(model, outputs, b * outputs.size() / bands, inputs.temperature[row],
                           inputs.uniforms.data() + 2 * (at + b));
      run.audio.push_back(x[b]);
    }
  }
  run.previous.insert(run.previous.end(), x.begin(), x.end());
  run.state.insert(run.state.end(), h.begin(), h.end());
}

constexpr auto kKernels = [](const auto& of) -> const auto& { return of.multi_band_gru; };

void check(const std::string& what, const MultiBandModel& model, size_t rows, size_t steps,
           size_t cut, int32_t members) {
  const Inputs inputs(model, rows, steps);
  const size_t bands = static_cast<size_t>(model.network.bands);
  const SequenceShape shape{.steps_per_frame = kStepsPerFrame,
                            .conditioning = 3 * static_cast<size_t>(model.network.hidden),
                            .samples = bands,
                            .draws = 2 * bands,
                            .outputs = static_cast<size_t>(model.network.band_output.weight.rows)};
  const auto loops = [&](size_t row, bool score, reference::Run& run) {
    expect(model, inputs, row, steps, score, run);
  };
  check_sequences(what, model, shape, kKernels, loops, inputs, rows, steps, cut, members);
}

/// The bands merged by definition: the lower half of the bands is one side of the top node, the
/// upper half, in reverse, the other. `state` is that of this node and those below it.
struct Node {
  std::vector<float> even, odd;
  std::vector<Node> below;

  Node(size_t bands, size_t sections) : even(sections), odd(sections) {
    if (bands > 2) below.assign(2, Node(bands / 2, sections));
  }

  static float pass(const std::vector<float>& c, std::vector<float>& state, float x) {
    for (size_t k = 0; k < c.size(); k++) {
      const float s = x - c[k] * state[k];
      x = c[k] * s + state[k];
      state[k] = s;
    }
    return x;
  }

  std::vector<float> merge(const std::vector<float>& c_even, const std::vector<float>& c_odd,
                           const std::vector<float>& bands) {
    const size_t half = bands.size() / 2;
    std::vector<float> low(bands.begin(), bands.begin() + static_cast<std::ptrdiff_t>(half));
    std::vector<float> high(bands.rbegin(), bands.rbegin() + static_cast<std::ptrdiff_t>(half));
    if (half > 1) {
      low = below[0].merge(c_even, c_odd, low);
      high = below[1].merge(c_even, c_odd, high);
    }
    std::vector<float> merged;
    for (size_t i = 0; i < half; i++) {
      for (const float x :
           {pass(c_even, even, low[i] + high[i]), pass(c_odd, odd, low[i] - high[i])})
        merged.push_back(std::trunc(std::min(32767.0f, std::max(-32768.0f, x))) + 0.0f);
    }
    return merged;
  }
};

}  // namespace

WB_TEST(multi_band_gru) {
  for (const Arithmetic as : kArithmetics) {
    const std::string what = text(as);
    const MultiBandModel usual(1, 64, 4, 8, 32, 4, as);
    check(what + "h64 4 bands", usual, 1, 20, 0, 1);
    check(what + "h64 cut", usual, 1, 20, 7, 1);
    check(what + "h64 team", usual, 1, 20, 0, 3);
    for (const size_t rows : {size_t{2}, size_t{5}, size_t{16}}) {
      check(what + std::to_string(rows) + " rows", usual, rows, 7, 0, 1);
    }
    check(what + "h19 17 bands, 1 mixture", MultiBandModel(2, 19, 17, 1, 5, 1, as), 1, 11, 4, 1);
    check(what + "h1 smallest", MultiBandModel(3, 1, 1, 1, 1, 1, as), 1, 9, 3, 1);
    check(what + "h40 20 mixtures", MultiBandModel(4, 40, 2, 20, 24, 4, as), 3, 8, 0, 1);
  }
}

WB_TEST(scratch_of_rows_together_is_no_more_than_of_each_alone) {
  const MultiBandModel model(6, 38, 5, 3, 21, 1, Arithmetic::kInt8);
  for (const Kernels* level : available_levels()) {
    for (const int32_t batch : {2, 7, 16}) {
      const size_t rows = static_cast<size_t>(batch);
      const auto check_scratch = [&](const auto& of, const auto& network) {
        const ScratchSize one = of.multi_band_gru.scratch(network, 1);
        const ScratchSize all = of.multi_band_gru.scratch(network, batch);
        CHECK(all.shared <= rows * one.shared);
        CHECK(all.own <= rows * one.own);
      };
      check_scratch(level->f32, model.network);
      check_scratch(level->int8, model.int8);
    }
  }
}

WB_TEST(band_merge) {
  Random random(5);
  for (const int32_t levels : {1, 2, 3, 6}) {
    for (const size_t sections : {size_t{1}, size_t{3}}) {
      const size_t bands = size_t{1} << levels, steps = 40;
      const auto even = random.numbers(sections, 0.95f), odd = random.numbers(sections, 0.95f);
      std::vector<float> values = random.numbers(steps * bands, 1);
      for (float& value : values) value = std::trunc(value * 32768.0f) / 32768.0f + 0.0f;
      Node top(bands, sections);
      std::vector<float> expected;
      for (size_t t = 0; t < steps; t++) {
        std::vector<float> step = reference::part(values, t * bands, bands);
        for (float& value : step) value *= 32768.0f;
        for (const float x : top.merge(even, odd, step)) expected.push_back(x / 32768.0f);
      }
      const QuadratureMirrorTree tree{.levels = levels,
                                      .sections = static_cast<int32_t>(sections),
                                      .even = even.data(),
                                      .odd = odd.data()};
      for (const Kernels* level : available_levels()) {
        std::vector<float> state(2 * (bands - 1) * sections), found(values.size());
        level->band_merge(tree, values.data(), 13, state.data(), found.data());
        level->band_merge(tree, values.data() + 13 * bands, steps - 13, state.data(),
                          found.data() + 13 * bands);
        CHECK_SAME_BITS("merge of " + std::to_string(bands) + " bands at " + level->level, expected,
                        found);
      }
    }
  }
}

int main() { return run_all(); }
