#include "test/described.h"

namespace wavebridge::test {

cuda::Weight described(const TestWeight& weight) {
  const bool int8 = !weight.scales.empty();
  return {
      .blocks = int8 ? static_cast<const void*>(weight.int8_blocks.data()) : weight.blocks.data(),
      .columns = weight.columns.data(),
      .rows = weight.starts.data(),
      .scales = int8 ? weight.scales.data() : nullptr,
      .block_count = static_cast<int64_t>(weight.columns.size()),
      .block_height = weight.height,
      .block_width = weight.width,
      .row_entries = static_cast<int64_t>(weight.starts.size())};
}

cuda::Layer described(const TestWeight& weight, const std::vector<float>& bias) {
  return {described(weight), bias.data()};
}

DescribedDual::DescribedDual(const DualModel& model, int samples_per_frame) {
  for (size_t row = 0; row < model.columns[0].size(); row++) {
    for (const auto& column : model.columns) sample_weights.push_back(column[row]);
  }
  const auto layer = [&](size_t index) {
    return described(model.weights[index], model.biases[index]);
  };
  network = {.samples_per_frame = samples_per_frame,
             .conditioning_size = model.network.conditioning_size,
             .hidden = model.network.hidden,
             .sample_weights = sample_weights.data(),
             .conditioning = layer(0),
             .recurrent = layer(1),
             .coarse_hidden = layer(2),
             .coarse_output = layer(3),
             .fine_hidden = layer(4),
             .fine_output = layer(5),
             .subscale = nullptr};
}

DescribedResidual::DescribedResidual(const ResidualModel& model, int samples_per_frame) {
  const auto& w = model.weights;
  const auto& b = model.biases;
  const auto& sizes = model.network.aux_sizes;
  network = {.samples_per_frame = samples_per_frame,
             .mels = model.network.mels,
             .aux_sizes = {sizes[0], sizes[1], sizes[2], sizes[3]},
             .mixtures = model.network.head.mixtures,
             .gaussian = model.network.head.gaussian,
             .class_values = nullptr,
             .class_value_count = 0,
             .hidden = model.network.hidden,
             .sample_weights = model.sample_weights.data(),
             .mel_weight = described(w[0]),
             .input_aux = described(w[1], b[0]),
             .gru1_input = described(w[2], b[1]),
             .gru1_recurrent = described(w[3], b[2]),
             .gru2_input = described(w[4]),
             .gru2_aux = described(w[5], b[3]),
             .gru2_recurrent = described(w[6], b[4]),
             .fc1 = described(w[7]),
             .fc1_aux = described(w[8], b[5]),
             .fc2 = described(w[9]),
             .fc2_aux = described(w[10], b[6]),
             .output = described(w[11], b[7]),
             .subscale = nullptr};
}

DescribedContext::DescribedContext(const ContextModel& model, int horizon) {
  for (const ContextModel::Layer& layer : model.layers) {
    layers.push_back({layer.kernel, layer.dilation, layer.outputs, layer.relu});
    weights.insert(weights.end(), layer.weight.dense.begin(), layer.weight.dense.end());
    weights.insert(weights.end(), layer.bias.begin(), layer.bias.end());
  }
  subscale = {.horizon = horizon,
              .own_past = model.own_past,
              .channels = model.channels,
              .layer_count = static_cast<int32_t>(layers.size()),
              .layers = layers.data(),
              .input = described(model.input),
              .weights = weights.data(),
              .weight_count = static_cast<int64_t>(weights.size())};
}

}  // namespace wavebridge::test
