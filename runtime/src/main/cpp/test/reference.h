#ifndef WAVEBRIDGE_TEST_REFERENCE_H_
#define WAVEBRIDGE_TEST_REFERENCE_H_

#include <cstdint>
#include <vector>

#include "test/weights.h"

// docs/numerics.md once more, in plain loops over dense matrices, one number at a time: what the
// kernels are compared with, bit for bit. It shares no code with them.

namespace wavebridge::test::reference {

float exp(float x);
float sigmoid(float x);
float tanh(float x);
float log(float x);

/// `affine(W, x, b)`; x starts at `from`. A weight that was quantised makes it the int8 product, of
/// a bounded input or of one with its own maximum.
std::vector<float> affine(const TestWeight& weight, const std::vector<float>& x, size_t from,
                          const std::vector<float>& bias, bool bounded = false);

/// `h = gru(in, a, h)`, of the inputs of the gates from below and from the state.
void gru(const std::vector<float>& in, const std::vector<float>& a, std::vector<float>& h);

int32_t draw_class(const std::vector<float>& logits, float temperature, float uniform);
/// A value drawn as a head does, from evenly spaced classes or parameters.
float draw(const Head& head, const std::vector<float>& logits, float temperature,
           const std::vector<float>& uniforms);
/// Of a head that is no classes: the least uniform that is not limited, as far from 0 as the
/// largest is from 1.
float lowest_uniform(const Head& head);
/// The share below a number of its distribution with location 0 and scale 1.
double standard_below(const Head& head, double x);

/// `count` numbers from `from` on.
std::vector<float> part(const std::vector<float>& all, size_t from, size_t count);

/// One sample.
struct Sample {
  std::vector<float> logits;
  float audio;
};

/// A sample of the dual-softmax network from its gate input without the samples before. Changes
/// `previous` and `state`. Draws with `uniforms`, or takes `given` where there are none.
Sample dual_sample(const DualModel& model, const std::vector<float>& input,
                   const std::vector<float>& uniforms, float given, float temperature,
                   std::vector<float>& previous, std::vector<float>& state);

/// The values that a frame's aux values add to the layers of the residual GRU network.
struct ResidualFrame {
  std::vector<float> i0, g2, b1, b2;
};
ResidualFrame residual_frame(const ResidualModel& model, const std::vector<float>& aux,
                             size_t frame);

/// A sample of the residual GRU network from its input without the sample before.
Sample residual_sample(const ResidualModel& model, std::vector<float> x, const ResidualFrame& frame,
                       const std::vector<float>& uniforms, float given, float temperature,
                       std::vector<float>& previous, std::vector<float>& state);

/// The values that a run leaves.
struct Run {
  std::vector<float> audio;
  std::vector<float> logits;
  std::vector<float> previous;
  std::vector<float> state;
};

/// One sequence. Draws with `uniforms`, or takes the samples of `given` where there are no
/// uniforms.
Run dual_softmax(const DualModel& model, const std::vector<float>& conditioning,
                 const std::vector<float>& uniforms, const std::vector<float>& given,
                 int samples_per_frame, float temperature, std::vector<float> previous,
                 std::vector<float> state);
Run residual_gru(const ResidualModel& model, const std::vector<float>& mels,
                 const std::vector<float>& aux, const std::vector<float>& uniforms,
                 const std::vector<float>& given, int steps_per_frame, float temperature,
                 std::vector<float> previous, std::vector<float> state);

}  // namespace wavebridge::test::reference

#endif  // WAVEBRIDGE_TEST_REFERENCE_H_
