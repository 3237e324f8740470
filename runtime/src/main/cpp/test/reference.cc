#include "test/reference.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace wavebridge::test::reference {
namespace {

uint32_t bits(float x) {
  uint32_t b;
  std::memcpy(&b, &x, sizeof b);
  return b;
}
float from_bits(uint32_t b) {
  float x;
  std::memcpy(&x, &b, sizeof x);
  return x;
}

float horner(float x, const std::vector<float>& coefficients) {
  float p = coefficients[0];
  for (size_t i = 1; i < coefficients.size(); i++) p = std::fma(p, x, coefficients[i]);
  return p;
}

std::vector<float> relu(std::vector<float> x) {
  for (float& v : x) v = v > 0 ? v : 0;
  return x;
}

float gru(float input_r, float input_z, float input_n, float state_r, float state_z, float state_n,
          float h) {
  const float r = sigmoid(input_r + state_r);
  const float z = sigmoid(input_z + state_z);
  const float n = tanh(std::fma(r, state_n, input_n));
  return std::fma(z, h - n, n);
}

float value(int32_t k, int32_t classes) {
  return static_cast<float>(2 * k) / static_cast<float>(classes - 1) - 1;
}

}  // namespace

std::vector<float> part(const std::vector<float>& all, size_t from, size_t count) {
  return {all.begin() + static_cast<std::ptrdiff_t>(from),
          all.begin() + static_cast<std::ptrdiff_t>(from + count)};
}

float exp(float x) {
  if (std::isnan(x)) return x;
  x = x < -87 ? -87 : x > 88 ? 88 : x;
  const float t = std::fma(x, 0x1.715476p+0f, 12582912.0f);
  const float n = t - 12582912.0f;
  float r = std::fma(n, -0x1.62e4p-1f, x);
  r = std::fma(n, -0x1.7f7d1cp-20f, r);
  const float p = horner(
      r, {0x1.6a242ap-10f, 0x1.1239e4p-7f, 0x1.5558f2p-5f, 0x1.555492p-3f, 0x1.fffffcp-2f, 1, 1});
  return std::ldexp(p, static_cast<int>(n));
}

void gru(const std::vector<float>& in, const std::vector<float>& a, std::vector<float>& h) {
  const size_t size = h.size();
  for (size_t k = 0; k < size; k++) {
    h[k] = gru(in[k], in[size + k], in[2 * size + k], a[k], a[size + k], a[2 * size + k], h[k]);
  }
}

float sigmoid(float x) { return 1 / (1 + exp(-x)); }

float tanh(float x) {
  const float a = std::fabs(x), z = x * x;
  if (a < 0.625f) {
    const float p = horner(z, {-0.005716780200600624f, 0.020650357007980347f,
                               -0.053743429481983185f, 0.13331490755081177f, -0.3333328366279602f});
    return std::fma(p * z, x, x);
  }
  return std::copysign(1 - 2 / (exp(a + a) + 1), x);
}

float log(float x) {
  const int32_t i = static_cast<int32_t>(bits(x)) - 0x3f3504f3;
  const float k = static_cast<float>(i >> 23);
  const float f = from_bits(static_cast<uint32_t>((i & 0x7fffff) + 0x3f3504f3)) - 1;
  const float p = horner(f, {-0.0762314423918724f, 0.12905766069889069f, -0.1324307918548584f,
                             0.14181599020957947f, -0.16609039902687073f, 0.20001986622810364f,
                             -0.25001585483551025f, 0.33333325386047363f, -0.49999988079071045f});
  float y = (f * f) * p;
  y = std::fma(k, 0x1.7f7d1cp-20f, y);
  y = y + f;
  return std::fma(k, 0x1.62e4p-1f, y);
}

std::vector<float> int8_affine(const TestWeight& weight, const std::vector<float>& x, size_t from,
                               const std::vector<float>& bias, bool bounded) {
  const size_t inputs = static_cast<size_t>(weight.inputs);
  float m = 0;
  for (size_t k = 0; k < inputs; k++) m = std::fabs(x[from + k]) > m ? std::fabs(x[from + k]) : m;
  const float most = weight.activation_bits == 8 ? 127 : 2047;
  const float v = bounded ? most : m > 0 ? most / m : 0;
  const float a = bounded ? 1.0f / most : m / most;
  std::vector<int64_t> q;
  for (size_t k = 0; k < inputs; k++) {
    const float scaled = std::rint(x[from + k] * v);
    q.push_back(std::isnan(scaled) ? 0 : static_cast<int64_t>(std::clamp(scaled, -most, most)));
  }
  std::vector<float> y;
  for (size_t r = 0; r < static_cast<size_t>(weight.rows); r++) {
    int64_t acc = 0;
    for (size_t k = 0; k < inputs; k++) acc += weight.int8_dense[r * inputs + k] * q[k];
    y.push_back(static_cast<float>(acc) * (weight.scales[r] * a) + bias[r]);
  }
  return y;
}

std::vector<float> affine(const TestWeight& weight, const std::vector<float>& x, size_t from,
                          const std::vector<float>& bias, bool bounded) {
  if (!weight.scales.empty()) return int8_affine(weight, x, from, bias, bounded);
  std::vector<float> y;
  const size_t inputs = static_cast<size_t>(weight.inputs);
  for (size_t r = 0; r < static_cast<size_t>(weight.rows); r++) {
    float s[4] = {0, 0, 0, 0};
    for (size_t k = 0; k < inputs; k++) {
      s[k % 4] = std::fma(weight.dense[r * inputs + k], x[from + k], s[k % 4]);
    }
    y.push_back(((s[0] + s[1]) + (s[2] + s[3])) + bias[r]);
  }
  return y;
}

int32_t draw_class(const std::vector<float>& logits, float temperature, float uniform) {
  float m = -std::numeric_limits<float>::infinity();
  for (const float l : logits) m = l / temperature > m ? l / temperature : m;
  std::vector<uint64_t> c;
  uint64_t total = 0;
  for (const float l : logits) {
    const float e = exp(l / temperature - m);
    total += std::isnan(e) ? 0 : static_cast<uint64_t>(std::rint(e * 0x1p24f));
    c.push_back(total);
  }
  double u = std::isnan(uniform) || uniform < 0 ? 0 : std::floor(uniform * 0x1p24);
  if (u > 0xffffff) u = 0xffffff;
  const uint64_t threshold = (static_cast<uint64_t>(u) * total) >> 24;
  for (size_t i = 0; i < c.size(); i++) {
    if (c[i] > threshold) return static_cast<int32_t>(i);
  }
  return 0;
}

namespace {

float draw_mixture(const std::vector<float>& logits, int32_t mixtures, float temperature,
                   const std::vector<float>& uniforms) {
  const size_t count = static_cast<size_t>(mixtures);
  const auto clamped = [](float u) { return !(u > 1e-5f) ? 1e-5f : u > 0.99999f ? 0.99999f : u; };
  size_t j = 0;
  float best = -std::numeric_limits<float>::infinity();
  for (size_t i = 0; i < count; i++) {
    const float g = logits[i] / temperature - log(-log(clamped(uniforms[i])));
    if (g > best) {
      best = g;
      j = i;
    }
  }
  const float u = clamped(uniforms[count]);
  const float q = log(u) - log(1 - u);
  const float scale = logits[2 * count + j];
  const float e = exp(scale > -32.23619079589844f ? scale : -32.23619079589844f) * temperature;
  const float x = std::fma(e, q, logits[count + j]);
  return x < -1 ? -1 : x > 1 ? 1 : x;
}

float draw_gaussian(const std::vector<float>& logits, float temperature, float uniform) {
  const float lowest = std::ldexp(1.0f, -24);
  float u = std::isnan(uniform) ? lowest : std::max(lowest, std::min(1.0f - lowest, uniform));
  float v = std::sqrt(std::max(0.0f, 0.0f - log(u * (1.0f - u) * 4.0f))) - 2.0f;
  float p = -2.508661737010698e-06f;
  for (const float coefficient :
       {3.156761749778525e-06f, 5.268026143312454e-05f, -5.6010332627920434e-05f,
        -0.0004758371796924621f, 0.0005013186600990593f, 0.0025071175768971443f,
        -0.003232679096981883f, -0.008633816614747047f, 0.017271533608436584f,
        0.018626024946570396f, -0.10021941363811493f, 0.15961001813411713f, 1.2917760610580444f,
        2.628708839416504f}) {
    p = std::fma(p, v, coefficient);
  }
  const float deviation = exp(std::isnan(logits[1]) ? -7.0f : std::max(-7.0f, logits[1]));
  const float x = std::fma(deviation * temperature, (2.0f * u - 1.0f) * p, logits[0]);
  return x < -1 ? -1 : x > 1 ? 1 : x;
}

}  // namespace

float draw(const Head& head, const std::vector<float>& logits, float temperature,
           const std::vector<float>& uniforms) {
  switch (head.kind) {
    case HeadKind::kClasses:
      break;
    case HeadKind::kMixture:
      return draw_mixture(logits, head.parts, temperature, uniforms);
    case HeadKind::kGaussian:
      return draw_gaussian(logits, temperature, uniforms[0]);
  }
  return value(draw_class(logits, temperature, uniforms[0]), static_cast<int32_t>(logits.size()));
}

float lowest_uniform(const Head& head) {
  return head.kind == HeadKind::kGaussian ? std::ldexp(1.0f, -24) : 1e-5f;
}

double standard_below(const Head& head, double x) {
  const bool normal = head.kind == HeadKind::kGaussian;
  return normal ? std::erfc(-x / std::sqrt(2.0)) / 2 : 1 / (1 + std::exp(-x));
}

Sample dual_sample(const DualModel& model, const std::vector<float>& input,
                   const std::vector<float>& uniforms, float given, float temperature,
                   std::vector<float>& previous, std::vector<float>& state) {
  const size_t hidden = static_cast<size_t>(model.network.hidden), half = hidden / 2;
  const auto a = affine(model.weights[1], state, 0, model.biases[1], true);
  std::vector<float> i(3 * hidden);
  for (size_t k = 0; k < 3 * hidden; k++) {
    i[k] = std::fma(model.columns[1][k], previous[1],
                    std::fma(model.columns[0][k], previous[0], input[k]));
  }
  Sample sample;
  int32_t drawn[2];
  for (size_t part = 0; part < 2; part++) {
    std::vector<float> in = i;
    if (part == 1) {
      for (size_t k = 0; k < 3 * hidden; k++) {
        in[k] = std::fma(model.columns[2][k], value(drawn[0], 256), i[k]);
      }
    }
    for (size_t k = part * half; k < (part + 1) * half; k++) {
      state[k] = gru(in[k], in[hidden + k], in[2 * hidden + k], a[k], a[hidden + k],
                     a[2 * hidden + k], state[k]);
    }
    const size_t at = 2 + 2 * part;
    const auto q = relu(affine(model.weights[at], state, part * half, model.biases[at], true));
    const auto l = affine(model.weights[at + 1], q, 0, model.biases[at + 1]);
    sample.logits.insert(sample.logits.end(), l.begin(), l.end());
    if (uniforms.empty()) {
      float s = std::rint((given + 1) * 32768);
      s = !(s > 0) ? 0 : s > 65535 ? 65535 : s;
      drawn[part] = part == 0 ? static_cast<int32_t>(s) / 256 : static_cast<int32_t>(s) % 256;
    } else {
      drawn[part] = draw_class(l, temperature, uniforms[part]);
    }
  }
  previous = {value(drawn[0], 256), value(drawn[1], 256)};
  sample.audio = static_cast<float>(256 * drawn[0] + drawn[1]) / 32768 - 1;
  return sample;
}

Run dual_softmax(const DualModel& model, const std::vector<float>& conditioning,
                 const std::vector<float>& uniforms, const std::vector<float>& given,
                 int samples_per_frame, float temperature, std::vector<float> previous,
                 std::vector<float> state) {
  const bool score = uniforms.empty();
  const size_t samples = score ? given.size() : uniforms.size() / 2;
  Run run;
  for (size_t t = 0; t < samples; t++) {
    const size_t frame = t / static_cast<size_t>(samples_per_frame);
    const size_t size = static_cast<size_t>(model.network.conditioning_size);
    const auto g = affine(model.weights[0], conditioning, frame * size, model.biases[0]);
    const Sample sample =
        dual_sample(model, g, score ? std::vector<float>() : part(uniforms, 2 * t, 2),
                    score ? given[t] : 0.0f, temperature, previous, state);
    run.logits.insert(run.logits.end(), sample.logits.begin(), sample.logits.end());
    run.audio.push_back(sample.audio);
  }
  run.previous = previous;
  run.state = state;
  return run;
}

ResidualFrame residual_frame(const ResidualModel& model, const std::vector<float>& aux,
                             size_t frame) {
  const int32_t (&sizes)[4] = model.network.aux_sizes;
  size_t at = frame * static_cast<size_t>(sizes[0] + sizes[1] + sizes[2] + sizes[3]);
  const auto next = [&](size_t index, size_t weight, size_t bias) {
    const auto y = affine(model.weights[weight], aux, at, model.biases[bias]);
    at += static_cast<size_t>(sizes[index]);
    return y;
  };
  ResidualFrame made;
  made.i0 = next(0, 1, 0);
  made.g2 = next(1, 5, 3);
  made.b1 = next(2, 8, 5);
  made.b2 = next(3, 10, 6);
  return made;
}

namespace {

/// The outputs of a step, all bands of it. Changes `state`.
std::vector<float> residual_outputs(const ResidualModel& model, std::vector<float> x,
                                    const ResidualFrame& frame, const std::vector<float>& previous,
                                    std::vector<float>& state) {
  const size_t hidden = static_cast<size_t>(model.network.hidden);
  // In the order of docs/operators.md: weights, and the biases of those that have one.
  const auto& w = model.weights;
  const auto& b = model.biases;
  for (size_t k = 0; k < hidden; k++) {
    for (size_t band = 0; band < previous.size(); band++) {
      x[k] = std::fma(model.sample_weights[band * hidden + k], previous[band], x[k]);
    }
  }
  for (size_t layer = 0; layer < 2; layer++) {
    const auto gi = layer == 0 ? affine(w[2], x, 0, b[1]) : affine(w[4], x, 0, frame.g2);
    const auto gh = affine(layer == 0 ? w[3] : w[6], part(state, layer * hidden, hidden), 0,
                           layer == 0 ? b[2] : b[4], true);
    for (size_t k = 0; k < hidden; k++) {
      float& h = state[layer * hidden + k];
      h = gru(gi[k], gi[hidden + k], gi[2 * hidden + k], gh[k], gh[hidden + k], gh[2 * hidden + k],
              h);
      x[k] = x[k] + h;
    }
  }
  const auto q1 = relu(affine(w[7], x, 0, frame.b1));
  const auto q2 = relu(affine(w[9], q1, 0, frame.b2));
  return affine(w[11], q2, 0, b[7]);
}

}  // namespace

Sample residual_sample(const ResidualModel& model, std::vector<float> x, const ResidualFrame& frame,
                       const std::vector<float>& uniforms, float given, float temperature,
                       std::vector<float>& previous, std::vector<float>& state) {
  Sample sample;
  sample.logits = residual_outputs(model, std::move(x), frame, previous, state);
  previous[0] =
      uniforms.empty() ? given : draw(model.network.head, sample.logits, temperature, uniforms);
  sample.audio = previous[0];
  return sample;
}

Run residual_gru(const ResidualModel& model, const std::vector<float>& mels,
                 const std::vector<float>& aux, const std::vector<float>& uniforms,
                 const std::vector<float>& given, int steps_per_frame, float temperature,
                 std::vector<float> previous, std::vector<float> state) {
  const size_t draws = static_cast<size_t>(model.network.head.draws());
  const size_t bands = previous.size();
  const bool score = uniforms.empty();
  const size_t steps = (score ? given.size() : uniforms.size() / draws) / bands;
  Run run;
  for (size_t t = 0; t < steps; t++) {
    const ResidualFrame frame =
        residual_frame(model, aux, t / static_cast<size_t>(steps_per_frame));
    const auto outputs = residual_outputs(
        model,
        affine(model.weights[0], mels, t * static_cast<size_t>(model.network.mels), frame.i0),
        frame, previous, state);
    run.logits.insert(run.logits.end(), outputs.begin(), outputs.end());
    const size_t each = outputs.size() / bands;
    for (size_t band = 0; band < bands; band++) {
      const size_t sample = t * bands + band;
      previous[band] = score ? given[sample]
                             : draw(model.network.head, part(outputs, band * each, each),
                                    temperature, part(uniforms, sample * draws, draws));
      run.audio.push_back(previous[band]);
    }
  }
  run.previous = previous;
  run.state = state;
  return run;
}

}  // namespace wavebridge::test::reference
