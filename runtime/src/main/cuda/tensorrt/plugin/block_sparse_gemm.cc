#include "plugin/block_sparse_gemm.h"

#include <limits>

#include "plugin/constants.h"
#include "plugin/generate.h"

namespace wavebridge::tensorrt {
namespace {

class BlockSparseGemm final : public Operator {
 public:
  BlockSparseGemm(const OperatorKind& kind, const Fields& fields) : kind_(kind), fields_(fields) {
    Constants constants(fields_.attributes("constant_shapes"), nullptr);
    const cuda::BlockSparseGemm gemm = read(constants);
    const cuda::Weight& weight = gemm.layer.weight;
    const int64_t rows = (weight.row_entries - 1) * weight.block_height;
    signature_ = {{{"x", kFloat, {'N', gemm.inputs}}, {"constants", kInt32, {constants.words()}}},
                  {{"y", kFloat, {'N', rows}}}};
  }

  std::unique_ptr<Operator> copy() const override {
    return std::make_unique<BlockSparseGemm>(kind_, fields_);
  }
  const Fields& fields() const override { return fields_; }
  const Signature& signature() const override { return signature_; }
  /// A row is a vector, of a sequence or of each of its frames: there may be any number.
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
                            sizes.of('N'), stream));
  }

 private:
  cuda::BlockSparseGemm read(Constants& constants) const {
    cuda::BlockSparseGemm gemm;
    gemm.inputs = fields_.attribute("inputs");
    gemm.layer = constants.layer("weight", "weight_bias", false);
    constants.end();
    return gemm;
  }

  const OperatorKind& kind_;
  Fields fields_;
  Signature signature_;
  std::unique_ptr<cuda::PreparedGemm> prepared_;
};

}  // namespace

std::unique_ptr<Operator> block_sparse_gemm(const OperatorKind& kind, const Fields& fields) {
  return std::make_unique<BlockSparseGemm>(kind, fields);
}

}  // namespace wavebridge::tensorrt
