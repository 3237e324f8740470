#include "plugin/dual_softmax.h"

#include <optional>

#include "plugin/constants.h"
#include "plugin/generate.h"
#include "plugin/subscale_fields.h"

namespace wavebridge::tensorrt {
namespace {

/// DualSoftmaxGenerate and its int8 and subscale forms.
class DualSoftmax final : public Operator {
 public:
  DualSoftmax(const OperatorKind& kind, const Fields& fields)
      : kind_(kind), form_(kind), fields_(fields) {
    Constants constants(fields_.numbers("constant_shapes"), nullptr);
    std::optional<SubscaleFields> subscale;
    const cuda::DualSoftmax network = read(constants, subscale);
    const int64_t conditioning = network.conditioning_size;
    if (conditioning > 0 && form_.subscale) {
      signature_.inputs.push_back({"conditioning", kFloat, {'F', conditioning}});
    } else if (conditioning > 0) {
      signature_.inputs.push_back({"conditioning", kFloat, {'N', 'F', conditioning}});
    }
    complete(signature_, form_, 2, 2, network.hidden, constants.words());
  }

  std::unique_ptr<Operator> copy() const override {
    return std::make_unique<DualSoftmax>(kind_, fields_);
  }
  const Fields& fields() const override { return fields_; }
  const Signature& signature() const override { return signature_; }
  int64_t most_rows() const override { return fields_.number("most_rows"); }
  bool takes_any_values() const override { return false; }

  void run(const Sizes& sizes, const void* const* inputs, void* const* outputs,
           cudaStream_t stream) override {
    const size_t constants_at = signature_.inputs.size() - 1;
    if (!prepared_) {
      prepare(inputs[constants_at], stream);
    }
    Pointers pointers(inputs);
    cuda::DualSoftmaxCall call;
    call.conditioning = fields_.number("conditioning_size") > 0 ? pointers.next() : nullptr;
    fill(call, form_, sizes, pointers, outputs, stream);
    call.frames = frames(sizes, call.samples, fields_.number("samples_per_frame"));
    launch(*prepared_, call, memory_, stream);
  }

 private:
  cuda::DualSoftmax read(Constants& constants, std::optional<SubscaleFields>& subscale) const {
    cuda::DualSoftmax network;
    network.samples_per_frame = fields_.number("samples_per_frame");
    network.conditioning_size = fields_.number("conditioning_size");
    std::vector<int64_t> sizes;
    network.sample_weights = constants.floats("sample_weights", sizes, 2);
    network.hidden = sizes[0] / 3;
    network.conditioning = constants.layer("conditioning", false);
    network.recurrent = constants.layer("recurrent", form_.int8);
    network.coarse_hidden = constants.layer("coarse_hidden", form_.int8);
    network.coarse_output = constants.layer("coarse_output", form_.int8);
    network.fine_hidden = constants.layer("fine_hidden", form_.int8);
    network.fine_output = constants.layer("fine_output", form_.int8);
    if (form_.subscale) {
      subscale.emplace(fields_, constants);
      network.subscale = subscale->get();
    }
    constants.end();
    if (network.hidden < 2) {
      throw Failure("constant 'sample_weights': expected 6 rows or more, found " +
                    std::to_string(sizes[0]));
    }
    return network;
  }

  void prepare(const void* words, cudaStream_t stream) {
    Constants constants(fields_.numbers("constant_shapes"), words);
    std::optional<SubscaleFields> subscale;
    const cuda::DualSoftmax network = read(constants, subscale);
    check(cuda::prepare(network, options(fields_), kind_.name, stream, prepared_));
  }

  const OperatorKind& kind_;
  Form form_;
  Fields fields_;
  Signature signature_;
  std::unique_ptr<cuda::PreparedDualSoftmax> prepared_;
  DeviceBuffer memory_;
};

}  // namespace

std::unique_ptr<Operator> dual_softmax(const OperatorKind& kind, const Fields& fields) {
  return std::make_unique<DualSoftmax>(kind, fields);
}

}  // namespace wavebridge::tensorrt
