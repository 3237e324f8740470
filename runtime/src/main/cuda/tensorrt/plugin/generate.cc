#include "plugin/generate.h"

namespace wavebridge::tensorrt {

void complete(Signature& signature, const Form& form, int64_t draws, int64_t previous,
              int64_t state, int64_t words) {
  std::vector<Tensor>& in = signature.inputs;
  if (form.subscale) {
    in.push_back({"uniforms", kFloat, {'A', draws}});
    in.push_back({"audio", kFloat, {'A'}});
  } else {
    in.push_back({"uniforms", kFloat, {'N', 'T', draws}});
  }
  in.push_back({"previous", kFloat, {'N', previous}});
  in.push_back({"state", kFloat, {'N', state}});
  if (form.subscale) {
    in.push_back({"temperature", kFloat, {int64_t{1}}});
    in.push_back({"schedule", kInt32, {int64_t{4}}});
  } else {
    in.push_back({"temperature", kFloat, {'N'}});
  }
  in.push_back({"constants", kInt32, {words}});
  signature.outputs = {{"audio", kFloat, {'N', 'T'}},
                       {"next_previous", kFloat, {'N', previous}},
                       {"next_state", kFloat, {'N', state}},
                       {"status", kInt32, {int64_t{1}}}};
  if (form.subscale) {
    signature.outputs[0] = {"next_audio", kFloat, {'A'}};
  }
}

cuda::Subscale read_subscale(const Fields& fields, DeclaredConstants& constants) {
  cuda::Subscale subscale;
  subscale.spec = SubscaleSpec::of(fields);
  subscale.input = constants.weight();
  std::vector<int64_t> shape;
  subscale.weights = constants.floats(shape, 1);
  subscale.weight_count = shape[0];
  return subscale;
}

}  // namespace wavebridge::tensorrt
