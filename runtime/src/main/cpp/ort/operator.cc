#include "ort/operator.h"

#include <cmath>

namespace wavebridge::ort {

void Call::refuse(const std::string& message) const { throw Refused(node_ + ": " + message); }

Tensor Call::input(size_t index, const Shape& shape) const {
  const std::string name = spec_.inputs[index].name;
  const OrtValue* value = nullptr;
  require(api_, api_.KernelContext_GetInput(&context_, index, &value));
  if (value == nullptr) refuse(name + ": expected a tensor, found none");
  Tensor tensor = read_tensor(api_, *value);
  expect_shape(node_ + ": " + name, shape, tensor.shape);
  return tensor;
}

float* Call::output(size_t index, const std::vector<int64_t>& shape) const {
  OrtValue* value = nullptr;
  require(api_, api_.KernelContext_GetOutput(&context_, index, shape.data(), shape.size(), &value));
  if (value == nullptr) refuse("output " + std::to_string(index) + ": expected a name, found none");
  void* data = nullptr;
  require(api_, api_.GetTensorMutableData(value, &data));
  return static_cast<float*>(data);
}

float* Call::copied_output(size_t index, const Tensor& input) const {
  float* to = output(index, input.shape);
  size_t count = 1;
  for (const int64_t size : input.shape) count *= static_cast<size_t>(size);
  if (count > 0) std::memcpy(to, input.data, count * sizeof(float));
  return to;
}

const float* Call::temperatures(size_t index, const Dimension& count) const {
  const Tensor tensor = input(index, {count});
  const float* values = tensor.floats();
  for (int64_t i = 0; i < tensor.shape[0]; i++) {
    if (!(values[i] > 0.0f) || std::isinf(values[i])) {
      refuse("temperature: expected positive finite numbers, found " + std::to_string(values[i]));
    }
  }
  return values;
}

void check_frames(const Call& call, int64_t samples, int64_t frames, int64_t samples_per_frame) {
  const int64_t needed = samples / samples_per_frame + (samples % samples_per_frame != 0 ? 1 : 0);
  if (needed <= frames) return;
  call.refuse(std::to_string(samples) + " samples: expected at least " + std::to_string(needed) +
              " frames (" + std::to_string(samples_per_frame) + " samples each), found " +
              std::to_string(frames));
}

std::vector<KernelKind> all_operators() {
  std::vector<KernelKind> all = {kBlockSparseGemm, kUpsampleFrames,        kInterpolateFrames,
                                 kConvolveFrames,  kQuadratureMirrorMerge, kMelSpectrogram,
                                 kCanonicalTanh,   kLinearPrediction,      kReflectionPrediction,
                                 kPhiloxUniforms,  kDecodeValues,          kGruFrames};
  for (KernelKind& kind : network_operators()) all.push_back(std::move(kind));
  return all;
}

const OperatorSpec& spec_of(const KernelKind& kind) {
  const OperatorSpec* spec = find_operator(kind.name);
  if (spec == nullptr) throw std::logic_error(kind.name + " is not declared");
  return *spec;
}

}  // namespace wavebridge::ort
