#include "test/context_model.h"

#include <algorithm>
#include <cmath>

#include "test/reference.h"

namespace wavebridge::test {

ContextModel::ContextModel(uint64_t seed, int channel_count, bool with_own_past,
                           const std::vector<Sizes>& sizes, int rows)
    : channels(channel_count), own_past(with_own_past) {
  Random random(seed);
  const auto weight = [&](int outputs, int inputs) {
    return TestWeight::random(random, outputs, inputs, outputs, inputs, 1,
                              1.5f / std::sqrt(static_cast<float>(inputs)));
  };
  network.own_past = own_past;
  int inputs = channels;
  for (const Sizes& size : sizes) {
    const Layer& layer =
        layers.emplace_back(Layer{weight(size.outputs, size.kernel * inputs),
                                  random.numbers(static_cast<size_t>(size.outputs), 0.3f),
                                  size.outputs, size.kernel, size.dilation, size.relu});
    network.layers[network.layer_count++] = {
        {.inputs = inputs,
         .outputs = size.outputs,
         .kernel = size.kernel,
         .dilation = size.dilation,
         .relu = size.relu},
        {packed.emplace_back(layer.weight.view()).matrix(), layer.bias.data()}};
    inputs = size.outputs;
  }
  input = weight(rows, inputs);
  network.input = packed.emplace_back(input.view()).matrix();
}

int64_t ContextModel::reach() const {
  int64_t sum = 0;
  for (const Layer& layer : layers) sum += (layer.kernel - 1) * layer.dilation;
  return sum;
}

namespace reference {

float Context::sample(int64_t time, int row) {
  const int64_t index = factor_ * time + row;
  if (time < 0 || row < 0 || index >= static_cast<int64_t>(audio_.size())) return 0;
  oldest_ = std::min(oldest_, index);
  return audio_[static_cast<size_t>(index)];
}

std::vector<float> Context::layer(size_t depth, int64_t time) {
  if (depth == 0) {
    std::vector<float> x(static_cast<size_t>(model_.channels));
    if (model_.own_past) x[0] = sample(time - horizon_ - 1, row_);
    for (int d = 1; d < model_.channels; d++) x[static_cast<size_t>(d)] = sample(time, row_ - d);
    return x;
  }
  const ContextModel::Layer& of = model_.layers[depth - 1];
  std::vector<float> taps;
  for (int k = of.kernel - 1; k >= 0; k--) {
    const auto tap = layer(depth - 1, time - k * of.dilation);
    taps.insert(taps.end(), tap.begin(), tap.end());
  }
  std::vector<float> y = affine(of.weight, taps, 0, of.bias);
  for (float& value : y) value = of.relu && !(value > 0) ? 0 : value;
  return y;
}

}  // namespace reference

}  // namespace wavebridge::test
