#include "ort/subscale.h"

namespace wavebridge::ort {

void Subscale::read(NodeReader& reader, const Dimension& rows) {
  spec_ = SubscaleSpec::of(reader);
  context_.own_past = spec_.own_past;
  context_.input = reader.weight(rows, {"X", spec_.context_size()});
  const float* from = reader.array({{"Z", spec_.weight_count()}}).data();
  for (const ContextLayerSize& size : spec_.layers) {
    const int32_t index = context_.layer_count++;
    const std::string name = "context_layers[" + std::to_string(index) + "]";
    const PackedMatrix weight = reader.dense(name, from, size.outputs, size.columns());
    const float* bias = from + size.outputs * size.columns();
    context_.layers[index] = {size, {weight, bias}};
    from = bias + size.outputs;
  }
}

SubscaleWindow Subscale::window(const Call& call, const SubscaleCall& of) const {
  SubscaleWindow window;
  const std::string fault = plan(spec_, of, window);
  if (!fault.empty()) call.refuse(fault);
  return window;
}

}  // namespace wavebridge::ort
