#include "plugin/residual_gru.h"

#include <numeric>
#include <optional>

#include "plugin/constants.h"
#include "plugin/generate.h"
#include "plugin/subscale_fields.h"

namespace wavebridge::tensorrt {
namespace {

/// ResidualGruGenerate and its int8 and subscale forms.
class ResidualGru final : public Operator {
 public:
  ResidualGru(const OperatorKind& kind, const Fields& fields)
      : kind_(kind), form_(kind), fields_(fields) {
    Constants constants(fields_.numbers("constant_shapes"), nullptr);
    std::optional<SubscaleFields> subscale;
    const cuda::ResidualGru network = read(constants, subscale);
    mels_ = network.mels;
    aux_ = std::accumulate(network.aux_sizes, network.aux_sizes + 4, int64_t{0});
    add_conditioning("mels", form_.subscale ? 'A' : 'T', mels_);
    add_conditioning("aux", 'F', aux_);
    const int64_t draws = network.mixtures == 0 ? 1 : network.mixtures + 1;
    complete(signature_, form_, draws, 1, 2 * network.hidden, constants.words());
  }

  std::unique_ptr<Operator> copy() const override {
    return std::make_unique<ResidualGru>(kind_, fields_);
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
    cuda::ResidualGruCall call;
    call.mels = mels_ > 0 ? pointers.next() : nullptr;
    call.aux = aux_ > 0 ? pointers.next() : nullptr;
    fill(call, form_, sizes, pointers, outputs, stream);
    call.frames = frames(sizes, call.samples, fields_.number("samples_per_frame"));
    launch(*prepared_, call, memory_, stream);
  }

 private:
  void add_conditioning(const char* name, char length, int64_t size) {
    if (size > 0 && form_.subscale) {
      signature_.inputs.push_back({name, kFloat, {length, size}});
    } else if (size > 0) {
      signature_.inputs.push_back({name, kFloat, {'N', length, size}});
    }
  }

  cuda::ResidualGru read(Constants& constants, std::optional<SubscaleFields>& subscale) const {
    cuda::ResidualGru network;
    read_fields(network);
    std::vector<int64_t> sizes;
    const bool int8 = form_.int8;
    network.sample_weights = constants.floats("sample_weights", sizes, 1);
    network.hidden = sizes[0];
    network.mel_weight = constants.weight("mel_weight", false);
    network.input_aux = constants.layer("input_aux", false);
    network.gru1_input = constants.layer("gru1_input", int8);
    network.gru1_recurrent = constants.layer("gru1_recurrent", int8);
    network.gru2_input = constants.weight("gru2_input", int8);
    network.gru2_aux = constants.layer("gru2_aux", false);
    network.gru2_recurrent = constants.layer("gru2_recurrent", int8);
    network.fc1 = constants.weight("fc1", int8);
    network.fc1_aux = constants.layer("fc1_aux", false);
    network.fc2 = constants.weight("fc2", int8);
    network.fc2_aux = constants.layer("fc2_aux", false);
    network.output = constants.layer("output", int8);
    if (form_.subscale) {
      subscale.emplace(fields_, constants);
      network.subscale = subscale->get();
    }
    constants.end();
    return network;
  }

  void read_fields(cuda::ResidualGru& network) const {
    network.samples_per_frame = fields_.number("samples_per_frame");
    network.mels = fields_.number("mels");
    network.mixtures = fields_.number("mixtures");
    const std::vector<int32_t>& aux = fields_.numbers("aux_sizes");
    if (aux.size() != 4) {
      throw Failure("field 'aux_sizes': expected 4 values, found " + std::to_string(aux.size()));
    }
    for (size_t i = 0; i < aux.size(); ++i) {
      network.aux_sizes[i] = aux[i];
    }
    const std::vector<int32_t>& gaussian = fields_.numbers("gaussian");
    network.gaussian = gaussian.size() == 1 && gaussian[0] == 1;
    if (gaussian.size() > 1) {
      throw Failure("field 'gaussian': expected one value, found " +
                    std::to_string(gaussian.size()) + " values");
    }
    const std::vector<float>& values = fields_.floats("class_values");
    network.class_values = values.empty() ? nullptr : values.data();
    network.class_value_count = static_cast<int64_t>(values.size());
  }

  void prepare(const void* words, cudaStream_t stream) {
    Constants constants(fields_.numbers("constant_shapes"), words);
    std::optional<SubscaleFields> subscale;
    const cuda::ResidualGru network = read(constants, subscale);
    check(cuda::prepare(network, options(fields_), kind_.name, stream, prepared_));
  }

  const OperatorKind& kind_;
  Form form_;
  Fields fields_;
  Signature signature_;
  int64_t mels_ = 0;
  int64_t aux_ = 0;
  std::unique_ptr<cuda::PreparedResidualGru> prepared_;
  DeviceBuffer memory_;
};

}  // namespace

std::unique_ptr<Operator> residual_gru(const OperatorKind& kind, const Fields& fields) {
  return std::make_unique<ResidualGru>(kind, fields);
}

}  // namespace wavebridge::tensorrt
