#include "ort/operator.h"

namespace wavebridge::ort {
namespace {

/// Values of a network to amplitudes.
class DecodeValues final : public Kernel {
 public:
  explicit DecodeValues(const Kernels& kernels) : kernels_(kernels) {}

  void read(NodeReader& reader) override {
    decoding_.truncated = reader.attribute("truncated") != 0;
    decoding_.de_emphasis = reader.number("de_emphasis");
    const std::vector<float>& table = reader.array({"L", kDoubleParts});
    decoding_.levels = static_cast<int64_t>(table.size()) / kDoubleParts;
    decoding_.table = table.data();
    if (decoding_.levels > kMostLevels) {
      reader.refuse("levels: expected at most " + std::to_string(kMostLevels) + ", found " +
                    std::to_string(decoding_.levels));
    }
  }

  void compute(const Call& call) const override {
    const Tensor values = call.input(0, {"N", "T"});
    const int64_t rows = values.shape[0], samples = values.shape[1];
    const Tensor last = call.input(1, {{"N", rows}, kDoubleParts});
    float* waveform = call.output(0, {rows, samples});
    float* next_last = call.copied_output(1, last);
    call.parallel(rows, [&](size_t index) noexcept {
      const int64_t row = static_cast<int64_t>(index);
      kernels_.decode_values(decoding_, values.floats() + row * samples, samples,
                             next_last + row * kDoubleParts, waveform + row * samples);
    });
  }

 private:
  static constexpr int64_t kMostLevels = 1 << 16;

  const Kernels& kernels_;
  Decoding decoding_{};
};

}  // namespace

const KernelKind kDecodeValues = {"DecodeValues", make_kernel<DecodeValues>};

}  // namespace wavebridge::ort
