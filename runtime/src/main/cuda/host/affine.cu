#include "host/affine.h"

#include <algorithm>

#include "kernels/affine.cuh"

namespace wavebridge::cuda {
namespace {

constexpr int kThreads = 128;
constexpr int64_t kMostBlockRows = 65535;

/// BlockSparseGemm.
class Gemm final : public PreparedGemm {
 public:
  Gemm(const HostLayer& layer, cudaStream_t stream) : affine_(layer, stream) {}

  Result launch(const float* x, float* y, int64_t batch,
                cudaStream_t stream) const noexcept override {
    return guarded("BlockSparseGemm", [&] {
      if (batch < 0 || (batch > 0 && (x == nullptr || y == nullptr))) {
        throw Refused(Status::kBadArgument, "expected x and y of 0 rows or more");
      }
      require(affine_.run(x, affine_.inputs(), y, batch, stream));
    });
  }

 private:
  Affine affine_;
};

}  // namespace

Affine::Affine(const HostLayer& layer, cudaStream_t stream)
    : inputs_(layer.weight.inputs()), outputs_(layer.weight.rows()) {
  Item item;
  item.panels = pack_panels(0, layer.weight, layer.bias);
  panels_ = static_cast<int64_t>(item.panels.size());
  const Image image({&item}, {});
  require(runtime::allocate(image.quads.size() * sizeof(Quad), image_));
  require(
      runtime::upload(image_.get(), image.quads.data(), image.quads.size() * sizeof(Quad), stream));
  require(runtime::allocate(layer.bias.size() * sizeof(float), bias_));
  require(
      runtime::upload(bias_.get(), layer.bias.data(), layer.bias.size() * sizeof(float), stream));
}

Result Affine::run(const float* x, int64_t stride, float* y, int64_t vectors,
                   cudaStream_t stream) const {
  return launch({.image = nullptr,
                 .inputs = 0,
                 .outputs = 0,
                 .vectors = vectors,
                 .x = x,
                 .x_stride = stride,
                 .x_of = Which::kSame,
                 .bias = static_cast<const float*>(bias_.get()),
                 .bias_of = Which::kOnly,
                 .y = y,
                 .of_rows = false,
                 .schedule = {}},
                stream);
}

Result Affine::run(const float* x, Which x_of, const float* bias, Which bias_of, float* y,
                   const Schedule& schedule, int64_t rows, cudaStream_t stream) const {
  return launch({.image = nullptr,
                 .inputs = 0,
                 .outputs = 0,
                 .vectors = rows * schedule.steps,
                 .x = x,
                 .x_stride = inputs_,
                 .x_of = x_of,
                 .bias = bias,
                 .bias_of = bias_of,
                 .y = y,
                 .of_rows = true,
                 .schedule = schedule},
                stream);
}

Result Affine::launch(AffineArguments arguments, cudaStream_t stream) const {
  if (arguments.vectors == 0) return {};
  arguments.image = static_cast<const Quad*>(image_.get());
  arguments.inputs = static_cast<int32_t>(inputs_);
  arguments.outputs = static_cast<int32_t>(outputs_);
  constexpr int64_t kPanelsOfBlock = kThreads / kWarp;
  const int64_t tiles = (arguments.vectors + kAffineTile - 1) / kAffineTile;
  const runtime::Grid grid = {
      .blocks = static_cast<int32_t>((panels_ + kPanelsOfBlock - 1) / kPanelsOfBlock),
      .block_rows = static_cast<int32_t>(std::min(tiles, kMostBlockRows)),
      .threads = kThreads};
  return runtime::launch(affine<kThreads>, grid, arguments, stream);
}

Result prepare(const BlockSparseGemm& gemm, const Options& options, const char* name,
               cudaStream_t stream, std::unique_ptr<PreparedGemm>& prepared) noexcept {
  return guarded(name, [&] {
    const ConstantReader reader(options, stream);
    prepared =
        std::make_unique<Gemm>(reader.layer("W", "W_bias", gemm.layer, -1, gemm.inputs, 0), stream);
  });
}

}  // namespace wavebridge::cuda
