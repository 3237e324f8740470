#include <atomic>
#include <limits>

#include "ort/operator.h"

namespace wavebridge::ort {
namespace {

/// Frames of a waveform to features.
class MelSpectrogramOp final : public Kernel {
 public:
  explicit MelSpectrogramOp(const Kernels& kernels) : kernels_(kernels) {}

  void read(NodeReader& reader) override {
    analysis_.hop = reader.attribute("hop");
    analysis_.floor = reader.number("floor");
    analysis_.factor = reader.number("factor");
    analysis_.shift = reader.number("shift");
    analysis_.minimum = reader.number("minimum");
    analysis_.maximum = reader.number_from("maximum", analysis_.minimum);
    const std::vector<float>& window = reader.array({"P"});
    const int64_t points = static_cast<int64_t>(window.size());
    if (points < 1 || points > kMostTransformPoints) {
      reader.refuse("window: expected 1 to " + std::to_string(kMostTransformPoints) +
                    " points, found " + std::to_string(points));
    }
    analysis_.points = static_cast<int32_t>(points);
    analysis_.window = window.data();
    analysis_.twiddles = reader.array({{"P", points}, 2}).data();
    analysis_.filters = reader.weight("M", {"P / 2 + 1", points / 2 + 1});
    analysis_.no_bias =
        constants.arrays.emplace_back(static_cast<size_t>(analysis_.filters.rows)).data();
  }

  void compute(const Call& call) const override {
    const Tensor waveform = call.input(0, {"N", "L"});
    const int64_t rows = waveform.shape[0], samples = waveform.shape[1];
    if (samples < analysis_.points) {
      call.refuse("waveform: expected at least the " + std::to_string(analysis_.points) +
                  " samples of a frame, found " + std::to_string(samples));
    }
    const int64_t frames = (samples - analysis_.points) / analysis_.hop + 1;
    const int64_t mels = analysis_.filters.rows;
    float* features = call.output(0, {rows, frames, mels});
    const int64_t tiles_of_row = (frames + kFramesTogether - 1) / kFramesTogether;
    const int64_t tiles = rows * tiles_of_row;
    const int64_t workers = std::min(tiles, kMostWorkers);
    // Workers take the next tile each time, so that memory does not grow with the waveform.
    const size_t size = kernels_.mel_spectrogram_scratch(analysis_);
    const auto memory = scratch(static_cast<size_t>(workers) * size);
    std::atomic<int64_t> next = 0;
    call.parallel(workers, [&](size_t worker) noexcept {
      unsigned char* own = memory.get() + worker * size;
      for (int64_t tile = next++; tile < tiles; tile = next++) {
        const int64_t row = tile / tiles_of_row;
        const int64_t frame = tile % tiles_of_row * kFramesTogether;
        const int64_t count = std::min<int64_t>(kFramesTogether, frames - frame);
        kernels_.mel_spectrogram(
            analysis_, waveform.floats() + row * samples + frame * analysis_.hop,
            static_cast<int32_t>(count), features + (row * frames + frame) * mels, own);
      }
    });
  }

 private:
  static constexpr int64_t kMostWorkers = 32;

  const Kernels& kernels_;
  MelSpectrogram analysis_{};
};

}  // namespace

const KernelKind kMelSpectrogram = {"MelSpectrogram", make_kernel<MelSpectrogramOp>};

}  // namespace wavebridge::ort
