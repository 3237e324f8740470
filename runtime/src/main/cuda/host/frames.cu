#include <algorithm>

#include "host/constants.h"
#include "kernels/frames.cuh"

namespace wavebridge::cuda {
namespace {

constexpr int kThreads = 128;
constexpr int64_t kMostBlocks = 4096;
constexpr int64_t kMostBlockRows = 64;
constexpr int64_t kMostSamplesPerFrame = 65536;

/// UpsampleFrames.
class Upsampling final : public PreparedUpsampling {
 public:
  Upsampling(const UpsampleFrames& stage, const ConstantReader& reader, cudaStream_t stream)
      : factor_(stage.factor), cut_(stage.cut) {
    if (factor_ < 1 || factor_ > kMostSamplesPerFrame || cut_ < 0) {
      throw Refused(Status::kBadArgument,
                    "factor: expected 1 to 65536, and a cut of 0 or more, found " +
                        std::to_string(factor_) + " and " + std::to_string(cut_));
    }
    const std::vector<float> kernel = reader.array("kernel", stage.kernel, 2 * factor_ + 1);
    bias_ = reader.array("bias", stage.bias, 1)[0];
    const std::vector<float> phases = phases_of(kernel);
    require(runtime::allocate(phases.size() * sizeof(float), phases_));
    require(runtime::upload(phases_.get(), phases.data(), phases.size() * sizeof(float), stream));
  }

  Result launch(const float* x, float* y, int64_t rows, int64_t given, int64_t channels,
                cudaStream_t stream) const noexcept override {
    return guarded("UpsampleFrames", [&] {
      const int64_t count = (given - 2) * factor_ - 2 * cut_;
      if (rows < 0 || given < 2 || channels < 0 || count < 0) {
        throw Refused(Status::kBadArgument,
                      "x: expected at least 2 vectors, and none fewer than are cut, found " +
                          std::to_string(given));
      }
      const int64_t blocks = std::min(kMostBlocks, (count * channels + kThreads - 1) / kThreads);
      if (rows == 0 || blocks == 0) return;
      if (x == nullptr || y == nullptr) throw Refused(Status::kBadArgument, "expected x and y");
      require(runtime::launch(upsample_frames<kThreads>,
                              {.blocks = static_cast<int32_t>(blocks),
                               .block_rows = static_cast<int32_t>(std::min(rows, kMostBlockRows)),
                               .threads = kThreads},
                              UpsampleArguments{.factor = factor_,
                                                .cut = cut_,
                                                .phases = static_cast<const float*>(phases_.get()),
                                                .bias = bias_,
                                                .rows = rows,
                                                .given = given,
                                                .channels = channels,
                                                .count = count,
                                                .blocks = blocks,
                                                .x = x,
                                                .y = y},
                              stream));
    });
  }

 private:
  /// Sums the taps that read the same vector, as on the CPU.
  std::vector<float> phases_of(const std::vector<float>& kernel) const {
    std::vector<float> phases;
    const size_t factor = static_cast<size_t>(factor_);
    for (size_t p = 0; p < factor; p++) {
      const size_t ends[] = {0, factor - p, 2 * factor - p, 2 * factor + 1};
      for (size_t part = 0; part < 3; part++) {
        double sum = 0;
        for (size_t k = ends[part]; k < ends[part + 1]; k++) sum += static_cast<double>(kernel[k]);
        phases.push_back(static_cast<float>(sum));
      }
    }
    return phases;
  }

  int64_t factor_, cut_;
  float bias_ = 0;
  runtime::Memory phases_;
};

}  // namespace

Result prepare(const UpsampleFrames& stage, const Options& options, const char* name,
               cudaStream_t stream, std::unique_ptr<PreparedUpsampling>& prepared) noexcept {
  return guarded(name, [&] {
    prepared = std::make_unique<Upsampling>(stage, ConstantReader(options, stream), stream);
  });
}

}  // namespace wavebridge::cuda
