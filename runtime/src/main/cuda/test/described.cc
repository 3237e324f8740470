#include "test/described.h"

#include <deque>

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

namespace {

/// Gives a model's weights and biases to a network's matrices, in their order.
class Describe {
 public:
  template <typename Model>
  explicit Describe(const Model& model)
      : weights_(model.weights.begin()), biases_(model.biases.begin()) {}

  int64_t operator()(cuda::Weight& to, const Extent&, const Extent&) const {
    to = described(*weights_++);
    return kAnySize;
  }
  int64_t operator()(cuda::Layer& to, const Extent&, const Extent&) const {
    to = described(*weights_++, *biases_++);
    return kAnySize;
  }

 private:
  mutable std::deque<TestWeight>::const_iterator weights_;
  mutable std::deque<std::vector<float>>::const_iterator biases_;
};

}  // namespace

DescribedDual::DescribedDual(const DualModel& model, int samples_per_frame) {
  for (size_t row = 0; row < model.columns[0].size(); row++) {
    for (const auto& column : model.columns) sample_weights.push_back(column[row]);
  }
  network.samples_per_frame = samples_per_frame;
  static_cast<DualSoftmaxSizes&>(network) = model.network;
  network.sample_weights = sample_weights.data();
  network.activation_bits = model.weights[1].activation_bits;
  network.each(network, Describe(model));
}

DescribedResidual::DescribedResidual(const ResidualModel& model, int samples_per_frame) {
  network.samples_per_frame = samples_per_frame;
  static_cast<ResidualGruSizes&>(network) = model.network;
  network.head = model.network.head;
  network.sample_weights = model.sample_weights.data();
  network.activation_bits = model.weights[2].activation_bits;
  network.each({}, {}, Describe(model));
}

DescribedContext::DescribedContext(const ContextModel& model, int horizon) {
  subscale.spec = {
      .horizon = horizon, .own_past = model.own_past, .channels = model.channels, .layers = {}};
  for (int32_t i = 0; i < model.network.layer_count; i++) {
    subscale.spec.layers.push_back(model.network.layers[i]);
  }
  for (const ContextModel::Layer& layer : model.layers) {
    weights.insert(weights.end(), layer.weight.dense.begin(), layer.weight.dense.end());
    weights.insert(weights.end(), layer.bias.begin(), layer.bias.end());
  }
  subscale.input = described(model.input);
  subscale.weights = weights.data();
  subscale.weight_count = static_cast<int64_t>(weights.size());
}

}  // namespace wavebridge::test
