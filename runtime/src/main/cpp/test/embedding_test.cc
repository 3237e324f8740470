// The GRU network over embedded classes, and a GRU over frames, against plain loops, bit for bit,
// on every level.

#include <cmath>

#include "test/embedding_model.h"
#include "test/sequence_check.h"

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

constexpr size_t kPerFrame = 3;

/// The inputs of some sequences behind each other.
struct Inputs {
  std::vector<float> conditioning, uniforms, given, previous, state, temperature;

  Inputs(const EmbeddingModel& model, size_t rows, size_t samples) {
    Random random(37);
    const size_t hidden = static_cast<size_t>(model.network.hidden);
    const size_t size = static_cast<size_t>(model.network.conditioning_size);
    conditioning = random.numbers(rows * (samples / kPerFrame + 1) * size, 1);
    uniforms = random.uniforms(rows * samples);
    given = random.numbers(rows * samples, 1.3f);
    previous = random.numbers(rows, 1);
    state = random.numbers(rows * hidden, 0.9f);
    temperature = random.temperatures(rows);
  }
};

/// One row alone.
void expect(const EmbeddingModel& model, const Inputs& inputs, size_t row, size_t samples,
            bool score, reference::Run& run) {
  const size_t hidden = static_cast<size_t>(model.network.hidden);
  const size_t size = static_cast<size_t>(model.network.conditioning_size);
  const float last = static_cast<float>(model.network.classes - 1);
  std::vector<float> h = reference::part(inputs.state, row * hidden, hidden);
  float x = inputs.previous[row];
  for (size_t t = 0; t < samples; t++) {
    const size_t frame = row * (samples / kPerFrame + 1) + t / kPerFrame;
    auto in = reference::affine(model.weights[0],
                                reference::part(inputs.conditioning, frame * size, size), 0,
                                model.biases[0]);
    const float place = std::nearbyint((x + 1.0f) * (last / 2));
    const size_t before = static_cast<size_t>(std::fmin(last, std::fmax(0.0f, place)));
    for (size_t k = 0; k < in.size(); k++) in[k] += model.table[before * in.size() + k];
    reference::gru(in, reference::affine(model.weights[1], h, 0, model.biases[1], true), h);
    auto dense = reference::affine(model.weights[2], h, 0, model.biases[2], true);
    for (float& value : dense) value = value > 0.0f ? value : 0.0f;
    const auto logits = reference::affine(model.weights[3], dense, 0, model.biases[3]);
    run.logits.insert(run.logits.end(), logits.begin(), logits.end());
    const size_t at = row * samples + t;
    const int32_t drawn =
        reference::draw_class(logits, inputs.temperature[row], inputs.uniforms[at]);
    x = score ? inputs.given[at] : static_cast<float>(2 * drawn) / last - 1.0f;
    run.audio.push_back(x);
  }
  run.previous.push_back(x);
  run.state.insert(run.state.end(), h.begin(), h.end());
}

constexpr auto kKernels = [](const auto& of) -> const auto& { return of.embedding_gru; };

void check(const std::string& what, const EmbeddingModel& model, size_t rows, size_t samples,
           size_t cut, int32_t members) {
  const Inputs inputs(model, rows, samples);
  const SequenceShape shape{.steps_per_frame = kPerFrame,
                            .conditioning = static_cast<size_t>(model.network.conditioning_size),
                            .draws = 1,
                            .outputs = static_cast<size_t>(model.network.classes)};
  const auto loops = [&](size_t row, bool score, reference::Run& run) {
    expect(model, inputs, row, samples, score, run);
  };
  check_sequences(what, model, shape, kKernels, loops, inputs, rows, samples, cut, members);
}

}  // namespace

WB_TEST(embedding_gru) {
  for (const Arithmetic as : kArithmetics) {
    const std::string what = text(as);
    const EmbeddingModel usual(1, 64, 12, 40, 256, 4, as);
    check(what + "h64", usual, 1, 20, 0, 1);
    check(what + "h64 cut", usual, 1, 20, 7, 1);
    check(what + "h64 team", usual, 1, 20, 0, 3);
    for (const size_t rows : {size_t{2}, size_t{5}, size_t{16}}) {
      check(what + std::to_string(rows) + " rows", usual, rows, 7, 0, 1);
    }
    check(what + "h19", EmbeddingModel(2, 19, 7, 5, 300, 1, as), 1, 11, 4, 1);
    check(what + "h1 smallest", EmbeddingModel(3, 1, 1, 1, 2, 1, as), 1, 9, 3, 1);
  }
}

WB_TEST(gru_frames) {
  for (const int units : {1, 5, 16, 37, 64}) {
    const EmbeddingModel model(4, units, 1, 1, 2, 1, Arithmetic::kF32);
    Random random(6);
    const size_t hidden = static_cast<size_t>(units), frames = 9;
    const auto gates = random.numbers(frames * 3 * hidden, 1.5f);
    std::vector<float> h(hidden), expected;
    for (size_t f = 0; f < frames; f++) {
      reference::gru(reference::part(gates, f * 3 * hidden, 3 * hidden),
                     reference::affine(model.weights[1], h, 0, model.biases[1]), h);
      expected.insert(expected.end(), h.begin(), h.end());
    }
    for (const Kernels* level : available_levels()) {
      std::vector<float> found(expected.size()), scratch(4 * hidden);
      level->gru_frames(model.network.recurrent, gates.data(), frames, found.data(),
                        scratch.data());
      CHECK_SAME_BITS(std::to_string(units) + " units at " + level->level, expected, found);
    }
  }
}

int main() { return run_all(); }
