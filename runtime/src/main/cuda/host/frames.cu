#include <algorithm>

#include "host/constants.h"
#include "kernels/frames.cuh"

namespace wavebridge::cuda {
namespace {

constexpr int kThreads = 128;
constexpr int64_t kMostBlocks = 4096;
constexpr int64_t kMostBlockRows = 64;
constexpr int64_t kMostSamplesPerFrame = 65536;

/// The most vectors of a result, which keeps products of positions within 62 bits.
constexpr int64_t kMostVectors = int64_t{1} << 31;

/// `per_frame` is how many vectors an attribute of that name makes of one.
void check_attributes(const char* name, int64_t per_frame, int64_t cut) {
  if (per_frame < 1 || per_frame > kMostSamplesPerFrame || cut < 0) {
    throw Refused(Status::kBadArgument,
                  std::string(name) + ": expected 1 to 65536, and a cut of 0 or more, found " +
                      std::to_string(per_frame) + " and " + std::to_string(cut));
  }
}

/// A thread for each number of a row's result, or for several.
runtime::Grid grid_of(int64_t rows, int64_t numbers) {
  return {
      .blocks = static_cast<int32_t>(std::min(kMostBlocks, (numbers + kThreads - 1) / kThreads)),
      .block_rows = static_cast<int32_t>(std::min(rows, kMostBlockRows)),
      .threads = kThreads};
}

/// UpsampleFrames.
class Upsampling final : public PreparedUpsampling {
 public:
  Upsampling(const UpsampleFrames& stage, const ConstantReader& reader, cudaStream_t stream)
      : factor_(stage.factor), cut_(stage.cut) {
    check_attributes("factor", factor_, cut_);
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
      const runtime::Grid grid = grid_of(rows, count * channels);
      if (grid.block_rows == 0 || grid.blocks == 0) return;
      if (x == nullptr || y == nullptr) throw Refused(Status::kBadArgument, "expected x and y");
      require(runtime::launch(upsample_frames<kThreads>, grid,
                              UpsampleArguments{.factor = factor_,
                                                .cut = cut_,
                                                .phases = static_cast<const float*>(phases_.get()),
                                                .bias = bias_,
                                                .rows = rows,
                                                .given = given,
                                                .channels = channels,
                                                .count = count,
                                                .blocks = grid.blocks,
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

Result launch(const InterpolateFrames& stage, const float* x, float* y, int64_t rows,
              int64_t frames, int64_t channels, cudaStream_t stream) noexcept {
  return guarded("InterpolateFrames", [&] {
    check_attributes("hop", stage.hop, stage.cut);
    if (rows < 0 || frames < 0 || channels < 0 || frames > kMostVectors / stage.hop ||
        frames * stage.hop < 2 * stage.cut) {
      throw Refused(Status::kBadArgument,
                    "x: expected at most 2147483648 vectors of the result, and none fewer than are "
                    "cut, found " +
                        std::to_string(frames) + " of " + std::to_string(stage.hop));
    }
    const int64_t count = frames * stage.hop - 2 * stage.cut;
    const runtime::Grid grid = grid_of(rows, count * channels);
    if (grid.block_rows == 0 || grid.blocks == 0) return;
    if (x == nullptr || y == nullptr) throw Refused(Status::kBadArgument, "expected x and y");
    require(runtime::launch(interpolate_frames<kThreads>, grid,
                            InterpolateArguments{.hop = stage.hop,
                                                 .cut = stage.cut,
                                                 .rows = rows,
                                                 .frames = frames,
                                                 .channels = channels,
                                                 .count = count,
                                                 .blocks = grid.blocks,
                                                 .x = x,
                                                 .y = y},
                            stream));
  });
}

}  // namespace wavebridge::cuda
