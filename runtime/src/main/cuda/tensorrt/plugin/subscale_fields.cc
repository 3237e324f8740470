#include "plugin/subscale_fields.h"

#include "plugin/failure.h"

namespace wavebridge::tensorrt {

SubscaleFields::SubscaleFields(const Fields& fields, DeclaredConstants& constants) {
  const std::vector<int32_t>& kernels = fields.numbers("context_kernels");
  const std::vector<int32_t>& dilations = fields.numbers("context_dilations");
  const std::vector<int32_t>& outputs = fields.numbers("context_outputs");
  const std::vector<int32_t>& relus = fields.numbers("context_relus");
  if (dilations.size() != kernels.size() || outputs.size() != kernels.size() ||
      relus.size() != kernels.size()) {
    throw Failure("fields 'context_...': expected lists of one length");
  }
  for (size_t i = 0; i < kernels.size(); ++i) {
    layers_.push_back({kernels[i], dilations[i], outputs[i], relus[i] != 0});
  }
  subscale_.horizon = fields.number("horizon");
  subscale_.own_past = fields.number("own_past") != 0;
  subscale_.channels = fields.number("context_channels");
  subscale_.layer_count = static_cast<int32_t>(layers_.size());
  subscale_.layers = layers_.data();
  subscale_.input = constants.weight();
  std::vector<int64_t> sizes;
  subscale_.weights = constants.floats(sizes, 1);
  subscale_.weight_count = sizes[0];
}

}  // namespace wavebridge::tensorrt
