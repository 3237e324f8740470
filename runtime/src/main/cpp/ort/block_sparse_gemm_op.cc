#include <algorithm>

#include "ort/operator.h"

namespace wavebridge::ort {
namespace {

class BlockSparseGemm final : public Kernel {
 public:
  explicit BlockSparseGemm(const Kernels& kernels) : kernels_(kernels) {}

  void read(NodeReader& reader) override {
    const int64_t inputs = reader.attribute("inputs");
    layer_ = reader.layer("R", {"K", inputs}, "W");
  }

  void compute(const Call& call) const override {
    const int64_t inputs = layer_.weight.inputs;
    const int64_t rows = layer_.weight.rows;
    const Tensor x = call.input(0, {"N", {"K", inputs}});
    float* y = call.output(0, {x.shape[0], rows});
    const int64_t batch = x.shape[0];
    call.parallel((batch + kTile - 1) / kTile, [&](size_t tile) noexcept {
      const int64_t first = static_cast<int64_t>(tile) * kTile;
      kernels_.affine(layer_.weight, x.floats() + first * inputs, layer_.bias, y + first * rows,
                      static_cast<int32_t>(std::min(kTile, batch - first)));
    });
  }

 private:
  /// Rows that a thread takes at once, which share one pass over the weights.
  static constexpr int64_t kTile = 8;

  const Kernels& kernels_;
  AffineLayer layer_{};
};

}  // namespace

const KernelKind kBlockSparseGemm = {"BlockSparseGemm", make_kernel<BlockSparseGemm>};

}  // namespace wavebridge::ort
