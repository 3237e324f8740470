#include "ort/operator.h"

namespace wavebridge::ort {
namespace {

class BlockSparseGemm final : public Kernel {
 public:
  explicit BlockSparseGemm(const Kernels& kernels) : kernels_(kernels) {}

  void read(NodeReader& reader) override {
    const int64_t inputs = reader.attribute("inputs", 1, kMostInputs);
    reader.start_at(1);
    layer_ = reader.layer("W", "bias", "R", {"K", inputs});
  }

  void compute(const Call& call) const override {
    const int64_t inputs = layer_.weight.inputs;
    const int64_t rows = layer_.weight.rows;
    const Tensor x = call.input(0, "x", {"N", {"K", inputs}});
    float* y = call.output(0, {x.shape[0], rows});
    call.parallel(x.shape[0], [&](size_t row) noexcept {
      kernels_.affine(layer_.weight, x.floats() + row * static_cast<size_t>(inputs), layer_.bias,
                      y + row * static_cast<size_t>(rows));
    });
  }

 private:
  const Kernels& kernels_;
  AffineLayer layer_{};
};

}  // namespace

const OperatorSpec kBlockSparseGemm = {
    .name = "BlockSparseGemm",
    .inputs = "fwf",
    .outputs = 1,
    .make = make_kernel<BlockSparseGemm>,
};

}  // namespace wavebridge::ort
