#include "plugin/interpolate_frames.h"

#include <limits>

#include "plugin/generate.h"

namespace wavebridge::tensorrt {
namespace {

class InterpolateFrames final : public Operator {
 public:
  InterpolateFrames(const OperatorKind& kind, const Fields& fields)
      : kind_(kind), fields_(fields), stage_{fields.attribute("hop"), fields.attribute("cut")} {
    signature_ = {{{"x", kFloat, {'N', 'F', 'C'}}},
                  {{"y", kFloat, {'N', 'T', 'C'}}},
                  {'T', 'F', stage_.hop, 2 * stage_.cut}};
  }

  std::unique_ptr<Operator> copy() const override {
    return std::make_unique<InterpolateFrames>(kind_, fields_);
  }
  const Fields& fields() const override { return fields_; }
  const Signature& signature() const override { return signature_; }
  int64_t most_rows() const override { return std::numeric_limits<int32_t>::max(); }
  bool takes_any_values() const override { return true; }

  void run(const Sizes& sizes, const void* const* inputs, void* const* outputs,
           cudaStream_t stream) override {
    check(cuda::launch(stage_, static_cast<const float*>(inputs[0]),
                       static_cast<float*>(outputs[0]), sizes.of('N'), sizes.of('F'), sizes.of('C'),
                       stream));
  }

 private:
  const OperatorKind& kind_;
  Fields fields_;
  cuda::InterpolateFrames stage_;
  Signature signature_;
};

}  // namespace

std::unique_ptr<Operator> interpolate_frames(const OperatorKind& kind, const Fields& fields) {
  return std::make_unique<InterpolateFrames>(kind, fields);
}

}  // namespace wavebridge::tensorrt
