#ifndef WAVEBRIDGE_TENSORRT_SEQUENCE_H_
#define WAVEBRIDGE_TENSORRT_SEQUENCE_H_

#include "plugin/constants.h"
#include "plugin/generate.h"

// The generate and subscale_generate operators of a step network. A network is a struct `Traits`
// (plugin/<network>.h) with
//   Network    as the kernels are given it
//   kName      what its operators' names begin with
//   kBySample  whether its first input is by sample; one by frame follows in any case
//   read       reads the attributes and the sample weights, and hands the matrices over

namespace wavebridge::tensorrt {

/// A node with a step network.
template <typename Traits>
class Sequence final : public Operator {
 public:
  using Network = typename Traits::Network;

  Sequence(const OperatorKind& kind, const Fields& fields)
      : kind_(kind), form_(kind), fields_(fields) {
    Constants constants(fields_.attributes("constant_shapes"), nullptr);
    values_ = read(constants).values();
    if (Traits::kBySample) add_input(0, form_.subscale ? 'A' : 'T', values_.by_sample);
    add_input(Traits::kBySample ? 1 : 0, 'F', values_.by_frame);
    complete(signature_, form_, values_.draws, values_.previous, values_.state, constants.words());
  }

  std::unique_ptr<Operator> copy() const override {
    return std::make_unique<Sequence>(kind_, fields_);
  }
  const Fields& fields() const override { return fields_; }
  const Signature& signature() const override { return signature_; }
  int64_t most_rows() const override { return fields_.attribute("most_rows"); }
  bool takes_any_values() const override { return false; }

  void run(const Sizes& sizes, const void* const* inputs, void* const* outputs,
           cudaStream_t stream) override {
    if (!prepared_) prepare(inputs[signature_.inputs.size() - 1], stream);
    Pointers pointers(inputs);
    cuda::SequenceCall call;
    call.by_sample = values_.by_sample > 0 ? pointers.next() : nullptr;
    call.by_frame = values_.by_frame > 0 ? pointers.next() : nullptr;
    fill(call, form_, sizes, pointers, outputs, stream);
    call.frames = frames(sizes, call.samples, fields_.attribute("samples_per_frame"));
    const size_t bytes = prepared_->workspace(call.rows, call.samples, call.frames);
    check(prepared_->launch(call, memory_.of_at_least(bytes), stream));
  }

 private:
  /// Adds a declared input, unless it would have no values.
  void add_input(size_t index, char length, int64_t size) {
    const char* name = kind_.spec->inputs.at(index).name;
    if (size > 0 && form_.subscale) {
      signature_.inputs.push_back({name, kFloat, {length, size}});
    } else if (size > 0) {
      signature_.inputs.push_back({name, kFloat, {'N', length, size}});
    }
  }

  Network read(Constants& constants) const {
    Network network;
    network.samples_per_frame = fields_.attribute("samples_per_frame");
    const char* bits = "activation_bits";
    if (fields_.declares(bits) && fields_.attribute(bits) != 0) {
      network.activation_bits = fields_.attribute(bits);
    }
    DeclaredConstants rows(constants, *kind_.spec);
    Traits::read(fields_, rows, network);
    if (form_.subscale) network.subscale = read_subscale(fields_, rows);
    constants.end();
    return network;
  }

  void prepare(const void* words, cudaStream_t stream) {
    Constants constants(fields_.attributes("constant_shapes"), words);
    check(cuda::prepare(read(constants), options(fields_), kind_.name.c_str(), stream, prepared_));
  }

  const OperatorKind& kind_;
  Form form_;
  Fields fields_;
  Signature signature_;
  cuda::SequenceValues values_{};
  std::unique_ptr<cuda::PreparedSequence> prepared_;
  DeviceBuffer memory_;
};

/// Adds all operators of a network.
template <typename Traits>
void add_sequence(std::vector<OperatorKind>& kinds) {
  for (const char* form :
       {"Generate", "GenerateInt8", "SubscaleGenerate", "SubscaleGenerateInt8"}) {
    kinds.push_back(operator_kind(std::string(Traits::kName) + form, make<Sequence<Traits>>));
  }
}

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_SEQUENCE_H_
