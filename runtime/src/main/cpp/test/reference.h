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

int32_t draw_class(const std::vector<float>& logits, float temperature, float uniform);
float draw_mixture(const std::vector<float>& logits, int32_t mixtures, float temperature,
                   const std::vector<float>& uniforms);

/// What a run leaves.
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
                 const std::vector<float>& given, int samples_per_frame, float temperature,
                 std::vector<float> previous, std::vector<float> state);

}  // namespace wavebridge::test::reference

#endif  // WAVEBRIDGE_TEST_REFERENCE_H_
