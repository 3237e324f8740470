#include <algorithm>

#include "ort/operator.h"

namespace wavebridge::ort {
namespace {

/// The most vectors of a result, which keeps products of positions within 62 bits.
constexpr int64_t kMostVectors = int64_t{1} << 31;

/// Makes the vectors `[rows, count, channels]` of a result by `body(row, first, count)`, on the
/// session's threads.
template <typename Body>
void by_tiles(const Call& call, int64_t rows, int64_t count, int64_t channels, const Body& body) {
  // Some microseconds of work, so that starting a tile costs little beside it.
  const int64_t tile = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, channels));
  const int64_t tiles = (count + tile - 1) / tile;
  call.parallel(rows * tiles, [&](size_t index) noexcept {
    const int64_t row = static_cast<int64_t>(index) / tiles;
    const int64_t first = static_cast<int64_t>(index) % tiles * tile;
    body(row, first, std::min(tile, count - first));
  });
}

/// The number of vectors of a result, refused where the cut leaves fewer than none.
int64_t vectors(const Call& call, int64_t given, int64_t factor, int64_t cut) {
  if (given > kMostVectors / factor) {
    call.refuse("x: expected at most " + std::to_string(kMostVectors) +
                " vectors of the result, found " + std::to_string(given) + " of " +
                std::to_string(factor));
  }
  if (given * factor < 2 * cut) {
    call.refuse("x: expected at least " + std::to_string(2 * cut) +
                " vectors of the result, which are cut from its ends, found " +
                std::to_string(given * factor));
  }
  return given * factor - 2 * cut;
}

/// Repeats vectors and smooths the repeats.
class UpsampleFrames final : public Kernel {
 public:
  explicit UpsampleFrames(const Kernels& kernels) : kernels_(kernels) {}

  void read(NodeReader& reader) override {
    upsampling_.factor = reader.attribute("factor");
    upsampling_.cut = reader.attribute("cut");
    const std::vector<float>& kernel = reader.array({{"2 factor + 1", 2 * upsampling_.factor + 1}});
    upsampling_.bias = reader.array({1})[0];
    set_phases(kernel);
  }

  void compute(const Call& call) const override {
    const Tensor x = call.input(0, {"N", "P", "C"});
    const int64_t rows = x.shape[0], given = x.shape[1], channels = x.shape[2];
    if (given < 2) {
      call.refuse("x: expected at least 2 vectors, neighbours of the others, found " +
                  std::to_string(given));
    }
    const int64_t count = vectors(call, given - 2, upsampling_.factor, upsampling_.cut);
    float* y = call.output(0, {rows, count, channels});
    by_tiles(call, rows, count, channels, [&](int64_t row, int64_t first, int64_t some) noexcept {
      kernels_.upsample_frames(upsampling_, x.floats() + row * given * channels, channels, first,
                               some, y + (row * count + first) * channels);
    });
  }

 private:
  /// Sums the taps that read the same vector.
  void set_phases(const std::vector<float>& kernel) {
    const size_t factor = static_cast<size_t>(upsampling_.factor);
    phases_.reserve(3 * factor);
    for (size_t p = 0; p < factor; p++) {
      const size_t ends[] = {0, factor - p, 2 * factor - p, 2 * factor + 1};
      for (size_t part = 0; part < 3; part++) {
        double sum = 0;
        for (size_t k = ends[part]; k < ends[part + 1]; k++) sum += static_cast<double>(kernel[k]);
        phases_.push_back(static_cast<float>(sum));
      }
    }
    upsampling_.phases = phases_.data();
  }

  const Kernels& kernels_;
  FrameUpsampling upsampling_{};
  std::vector<float> phases_;
};

/// Stretches sequences from end to end.
class InterpolateFrames final : public Kernel {
 public:
  explicit InterpolateFrames(const Kernels& kernels) : kernels_(kernels) {}

  void read(NodeReader& reader) override {
    interpolation_.hop = reader.attribute("hop");
    interpolation_.cut = reader.attribute("cut");
  }

  void compute(const Call& call) const override {
    const Tensor x = call.input(0, {"N", "F", "C"});
    const int64_t rows = x.shape[0], frames = x.shape[1], channels = x.shape[2];
    const int64_t count = vectors(call, frames, interpolation_.hop, interpolation_.cut);
    float* y = call.output(0, {rows, count, channels});
    by_tiles(call, rows, count, channels, [&](int64_t row, int64_t first, int64_t some) noexcept {
      kernels_.interpolate_frames(interpolation_, x.floats() + row * frames * channels, frames,
                                  channels, first, some, y + (row * count + first) * channels);
    });
  }

 private:
  const Kernels& kernels_;
  FrameInterpolation interpolation_{};
};

}  // namespace

const KernelKind kUpsampleFrames = {"UpsampleFrames", make_kernel<UpsampleFrames>};
const KernelKind kInterpolateFrames = {"InterpolateFrames", make_kernel<InterpolateFrames>};

}  // namespace wavebridge::ort
