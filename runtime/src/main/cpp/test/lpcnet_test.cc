// LPCNet and its linear prediction against plain loops, bit for bit, on every level.

#include <cmath>

#include "test/lpcnet_model.h"
#include "test/sequence_check.h"

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

constexpr size_t kSamplesPerFrame = 5;
constexpr size_t kClasses = kMuLawClasses, kOrder = kPredictionOrder;
constexpr size_t kFedBack = LpcNetModel::kFedBack;

struct Inputs {
  std::vector<float> conditioning, uniforms, given, previous, state, temperature;

  Inputs(const LpcNetModel& model, size_t rows, size_t samples) {
    Random random(31);
    conditioning =
        random.numbers(rows * (samples / kSamplesPerFrame + 1) * model.frame_values(), 1);
    uniforms = random.uniforms(rows * samples * model.draws());
    uniforms[0] = 0.0f;
    uniforms.back() = 0x1.fffffep-1f;
    given = random.numbers(rows * samples, 0.3f);
    previous = random.numbers(rows * kFedBack, 0.3f);
    for (size_t row = 0; row < rows; row++) {
      previous[row * kFedBack + kOrder] = static_cast<float>(17 * row % kClasses);
    }
    state = random.numbers(rows * (model.hidden() + model.second()), 0.9f);
    temperature = random.temperatures(rows);
  }
};

/// By the definition, with the exponent from the library.
size_t class_of(float x) {
  const float a = std::min(1.0f + 255.0f * std::fabs(x), 512.0f);
  const int k = std::ilogb(a);
  const float f = std::ldexp(a, -k) - 1.5f;
  float p = 0.16541097f;
  for (const float c : {-0.33951290f, 0.95909232f, -0.41445418f}) p = c + f * p;
  const float u = 128.0f * (0.69315f * (static_cast<float>(1 + k) + p)) / 5.5451774445f;
  const float level = std::min(255.0f, std::max(0.0f, x < 0.0f ? 128.0f - u : 128.0f + u));
  return static_cast<size_t>(std::floor(0.5f + level));
}

/// The class that a softmax gives, with a share of all taken from each.
size_t drawn_class(const std::vector<float>& logits, float temperature, float uniform) {
  float top = -INFINITY;
  for (const float l : logits) top = std::max(top, l / temperature);
  std::vector<int64_t> weights;
  int64_t all = 0, total = 0;
  for (const float l : logits) {
    weights.push_back(std::llrint(reference::exp(l / temperature - top) * 0x1p24f));
    all += weights.back();
  }
  for (int64_t& w : weights) {
    w = std::max<int64_t>(0, w - (all * 33554 >> 24));
    total += w;
  }
  const int64_t threshold = static_cast<int64_t>(uniform * 0x1p24f) * total;
  int64_t sum = 0;
  for (size_t k = 0; k < weights.size(); k++) {
    sum += weights[k];
    if (sum << 24 > threshold) return k;
  }
  return 0;
}

size_t drawn(const LpcNetModel& model, std::vector<float> logits, float sharpening,
             float temperature, const float* uniforms) {
  for (float& l : logits) l *= sharpening;
  if (model.network.thresholds == nullptr) return drawn_class(logits, temperature, uniforms[0]);
  size_t node = 1;
  for (size_t i = 0; i < kTreeDecisions; i++) {
    const auto threshold = static_cast<size_t>(uniforms[i] * 256.0f);
    node = 2 * node + (model.thresholds[threshold] < logits[node] / temperature ? 1 : 0);
  }
  return node - kClasses;
}

/// One row alone.
void expect(const LpcNetModel& model, const Inputs& inputs, size_t row, size_t samples, bool score,
            reference::Run& run) {
  const size_t hidden = model.hidden(), second = model.second(), gates = 3 * hidden;
  std::vector<float> h = reference::part(inputs.state, row * (hidden + second), hidden);
  std::vector<float> g = reference::part(inputs.state, row * (hidden + second) + hidden, second);
  std::vector<float> x = reference::part(inputs.previous, row * kFedBack, kFedBack);
  for (size_t t = 0; t < samples; t++) {
    const size_t frame = row * (samples / kSamplesPerFrame + 1) + t / kSamplesPerFrame;
    const auto of =
        reference::part(inputs.conditioning, frame * model.frame_values(), model.frame_values());
    float prediction = 0.0f;
    for (size_t j = 0; j < kOrder; j++) prediction -= of[gates + 3 * second + j] * x[j];
    const size_t rows[] = {class_of(x[0]), kClasses + class_of(prediction),
                           2 * kClasses + static_cast<size_t>(x[kOrder])};
    std::vector<float> in = reference::part(of, 0, gates);
    for (size_t k = 0; k < gates; k++) {
      for (const size_t from : rows) in[k] += model.tables[from * gates + k];
    }
    auto a = reference::affine(model.weights[0], h, 0, model.biases[0], true);
    for (size_t k = 0; k < gates; k++) a[k] = std::fma(model.diagonal[k], h[k % hidden], a[k]);
    reference::gru(in, a, h);
    const auto bias = reference::part(of, gates, 3 * second);
    const auto c = reference::affine(model.weights[2], g, 0, model.biases[2], true);
    reference::gru(reference::affine(model.weights[1], h, 0, bias, true), c, g);
    auto channels = reference::affine(model.weights[3], g, 0, model.biases[3]);
    for (size_t k = 0; k < channels.size(); k++) {
      channels[k] = model.factor[k] * reference::tanh(channels[k]);
    }
    std::vector<float> logits(kClasses);
    for (size_t k = 0; k < kClasses; k++) logits[k] = channels[2 * k] + channels[2 * k + 1];
    run.logits.insert(run.logits.end(), logits.begin(), logits.end());
    const size_t at = row * samples + t;
    const size_t excitation = score ? class_of(inputs.given[at] - prediction)
                                    : drawn(model, logits, of.back(), inputs.temperature[row],
                                            inputs.uniforms.data() + at * model.draws());
    const float sample = score ? inputs.given[at] : prediction + model.class_values[excitation];
    for (size_t j = kOrder - 1; j > 0; j--) x[j] = x[j - 1];
    x[0] = sample;
    x[kOrder] = static_cast<float>(excitation);
    run.audio.push_back(sample);
  }
  run.previous.insert(run.previous.end(), x.begin(), x.end());
  run.state.insert(run.state.end(), h.begin(), h.end());
  run.state.insert(run.state.end(), g.begin(), g.end());
}

constexpr auto kKernels = [](const auto& of) -> const auto& { return of.lpcnet; };

SequenceShape shape_of(const LpcNetModel& model) {
  return {.steps_per_frame = kSamplesPerFrame,
          .conditioning = model.frame_values(),
          .draws = model.draws(),
          .outputs = kClasses};
}

void check(const std::string& what, const LpcNetModel& model, size_t rows, size_t samples,
           size_t cut, int32_t members) {
  const Inputs inputs(model, rows, samples);
  const auto loops = [&](size_t row, bool score, reference::Run& run) {
    expect(model, inputs, row, samples, score, run);
  };
  check_sequences(what, model, shape_of(model), kKernels, loops, inputs, rows, samples, cut,
                  members);
}

/// The recursion as a triangle of solutions, each from the one of a lesser order.
std::vector<float> predicted(const LinearPrediction& of, const float* energies) {
  std::vector<double> c(kOrder + 1);
  for (int32_t band = 0; band < of.bands; band++) {
    const double energy = reference::exp(energies[band]);
    for (size_t lag = 0; lag <= kOrder; lag++) {
      c[lag] +=
          static_cast<double>(
              of.autocorrelation[lag * static_cast<size_t>(of.bands) + static_cast<size_t>(band)]) *
          energy;
    }
  }
  c[0] += static_cast<double>(of.noise_floor);
  std::vector<double> a;
  double error = c[0];
  while (a.size() < kOrder && error >= static_cast<double>(0.001f) * c[0]) {
    double sum = 0;
    for (size_t j = 0; j < a.size(); j++) sum += a[j] * c[a.size() - j];
    const double k = -(sum + c[a.size() + 1]) / error;
    std::vector<double> next = a;
    for (size_t j = 0; j < a.size(); j++) next[j] = a[j] + k * a[a.size() - 1 - j];
    next.push_back(k);
    a = next;
    error -= k * k * error;
  }
  a.resize(kOrder);
  std::vector<float> made;
  double power = 1;
  for (const double value : a) {
    power *= static_cast<double>(of.gamma);
    made.push_back(static_cast<float>(power * value));
  }
  return made;
}

}  // namespace

WB_TEST(lpcnet) {
  for (const Arithmetic as : kArithmetics) {
    const std::string what = text(as);
    const LpcNetModel usual(1, 40, 16, true, as);
    check(what + "h40", usual, 1, 23, 0, 1);
    check(what + "h40 cut", usual, 1, 23, 7, 1);
    check(what + "h40 team", usual, 1, 23, 0, 3);
    for (const size_t rows : {size_t{2}, size_t{5}, size_t{16}}) {
      check(what + std::to_string(rows) + " rows", usual, rows, 7, 0, 1);
    }
    check(what + "h1 smallest", LpcNetModel(2, 1, 1, true, as), 1, 9, 3, 1);
    check(what + "h19 softmax", LpcNetModel(3, 19, 5, false, as), 2, 11, 0, 1);
    check(what + "h33 of quads", LpcNetModel(4, 33, 20, true, as, 4), 1, 11, 4, 1);
  }
}

WB_TEST(every_number_has_a_class) {
  const LpcNetModel model(5, 3, 2, true, Arithmetic::kF32);
  Inputs inputs(model, 1, 4);
  inputs.given = {NAN, INFINITY, -INFINITY, 1e30f};
  inputs.previous.back() = NAN;
  for (const Kernels* level : available_levels()) {
    reference::Run run{std::vector<float>(4), std::vector<float>(4 * kClasses), inputs.previous,
                       inputs.state};
    take_steps(*level, model, shape_of(model), kKernels, inputs, 1, 4, 0, 4, true, 1, run);
    CHECK(run.previous.back() >= 0.0f && run.previous.back() <= 255.0f);
  }
}

WB_TEST(linear_prediction) {
  Random random(7);
  for (const int32_t bands : {1, 18, 33}) {
    const auto count = static_cast<size_t>(bands);
    const auto matrix = random.numbers((kOrder + 1) * count, 1);
    const auto energies = random.numbers(6 * count, 4);
    const auto reflections = random.numbers(6 * kOrder, 0.9f);
    const LinearPrediction of{bands, matrix.data(), 0.684f, 0.9f};
    std::vector<float> expected, stepped;
    for (size_t frame = 0; frame < 6; frame++) {
      const auto a = predicted(of, energies.data() + frame * count);
      expected.insert(expected.end(), a.begin(), a.end());
      std::vector<float> b;
      for (size_t i = 0; i < kOrder; i++) {
        const float k = reflections[frame * kOrder + i];
        std::vector<float> next = b;
        for (size_t j = 0; j < i; j++) next[j] = b[j] + k * b[i - 1 - j];
        next.push_back(k);
        b = next;
      }
      float power = 1.0f;
      for (const float value : b) {
        power *= 0.9f;
        stepped.push_back(value * power);
      }
    }
    for (const Kernels* level : available_levels()) {
      std::vector<float> found(expected.size());
      level->linear_prediction(of, energies.data(), 6, found.data());
      CHECK_SAME_BITS(std::string("prediction at ") + level->level, expected, found);
      level->reflection_prediction(0.9f, reflections.data(), 6, found.data());
      CHECK_SAME_BITS(std::string("reflections at ") + level->level, stepped, found);
    }
  }
}

int main() { return run_all(); }
