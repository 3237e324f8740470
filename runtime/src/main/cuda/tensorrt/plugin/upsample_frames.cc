#include "plugin/upsample_frames.h"

#include <limits>

#include "plugin/constants.h"
#include "plugin/generate.h"

namespace wavebridge::tensorrt {
namespace {

class UpsampleFrames final : public Operator {
 public:
  UpsampleFrames(const OperatorKind& kind, const Fields& fields) : kind_(kind), fields_(fields) {
    const int64_t factor = fields_.attribute("factor"), cut = fields_.attribute("cut");
    Constants constants(fields_.attributes("constant_shapes"), nullptr);
    read(constants);
    signature_ = {{{"x", kFloat, {'N', 'P', 'C'}}, {"constants", kInt32, {constants.words()}}},
                  {{"y", kFloat, {'N', 'T', 'C'}}},
                  {'T', 'P', factor, 2 * factor + 2 * cut}};
  }

  std::unique_ptr<Operator> copy() const override {
    return std::make_unique<UpsampleFrames>(kind_, fields_);
  }
  const Fields& fields() const override { return fields_; }
  const Signature& signature() const override { return signature_; }
  int64_t most_rows() const override { return std::numeric_limits<int32_t>::max(); }
  bool takes_any_values() const override { return true; }

  void run(const Sizes& sizes, const void* const* inputs, void* const* outputs,
           cudaStream_t stream) override {
    if (!prepared_) {
      Constants constants(fields_.attributes("constant_shapes"), inputs[1]);
      check(
          cuda::prepare(read(constants), options(fields_), kind_.name.c_str(), stream, prepared_));
    }
    check(prepared_->launch(static_cast<const float*>(inputs[0]), static_cast<float*>(outputs[0]),
                            sizes.of('N'), sizes.of('P'), sizes.of('C'), stream));
  }

 private:
  cuda::UpsampleFrames read(Constants& constants) const {
    cuda::UpsampleFrames stage;
    stage.factor = fields_.attribute("factor");
    stage.cut = fields_.attribute("cut");
    stage.kernel = constants.vector("kernel", 2 * stage.factor + 1);
    stage.bias = constants.vector("bias", 1);
    constants.end();
    return stage;
  }

  const OperatorKind& kind_;
  Fields fields_;
  Signature signature_;
  std::unique_ptr<cuda::PreparedUpsampling> prepared_;
};

}  // namespace

std::unique_ptr<Operator> upsample_frames(const OperatorKind& kind, const Fields& fields) {
  return std::make_unique<UpsampleFrames>(kind, fields);
}

}  // namespace wavebridge::tensorrt
