#include "ort/operator.h"

namespace wavebridge::ort {
namespace {

/// Random numbers of seeds.
class PhiloxUniforms final : public Kernel {
 public:
  explicit PhiloxUniforms(const Kernels& kernels) : kernels_(kernels) {}

  void read(NodeReader& reader) override { draws_ = reader.attribute("draws"); }

  void compute(const Call& call) const override {
    const Tensor seed = call.input(0, {"N"});
    const int64_t rows = seed.shape[0];
    const Tensor sample = call.input(1, {{"N", rows}});
    const int64_t samples = call.input(2, {1}).longs()[0];
    if (samples < 0 || samples > kMostSamples) {
      call.refuse("samples: expected 0 to " + std::to_string(kMostSamples) + ", found " +
                  std::to_string(samples));
    }
    float* uniforms = call.output(0, {rows, samples, draws_});
    // Some ten microseconds of work, so that starting a tile costs little beside it.
    const int64_t tile = std::max<int64_t>(1, 1024 / draws_);
    const int64_t tiles = (samples + tile - 1) / tile;
    call.parallel(rows * tiles, [&](size_t index) noexcept {
      const int64_t row = static_cast<int64_t>(index) / tiles;
      const int64_t first = static_cast<int64_t>(index) % tiles * tile;
      kernels_.philox_uniforms(
          static_cast<uint64_t>(seed.longs()[row]),
          static_cast<uint64_t>(sample.longs()[row]) + static_cast<uint64_t>(first),
          std::min(tile, samples - first), draws_, uniforms + (row * samples + first) * draws_);
    });
  }

 private:
  /// Of an utterance.
  static constexpr int64_t kMostSamples = int64_t{1} << 30;

  const Kernels& kernels_;
  int64_t draws_ = 1;
};

}  // namespace

const KernelKind kPhiloxUniforms = {"PhiloxUniforms", make_kernel<PhiloxUniforms>};

}  // namespace wavebridge::ort
