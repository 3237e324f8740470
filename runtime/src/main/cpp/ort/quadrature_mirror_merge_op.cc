#include "ort/operator.h"

namespace wavebridge::ort {
namespace {

/// Samples of bands to a waveform.
class QuadratureMirrorMerge final : public Kernel {
 public:
  explicit QuadratureMirrorMerge(const Kernels& kernels) : kernels_(kernels) {}

  void read(NodeReader& reader) override {
    tree_.levels = static_cast<int32_t>(reader.attribute("levels"));
    static_assert(kMostBands == 1 << 6);
    const std::vector<float>& even = reader.array({"K"});
    const std::vector<float>& odd = reader.array({{"K", static_cast<int64_t>(even.size())}});
    tree_.sections = static_cast<int32_t>(even.size());
    tree_.even = even.data();
    tree_.odd = odd.data();
  }

  void compute(const Call& call) const override {
    const int64_t bands = int64_t{1} << tree_.levels;
    const int64_t size = 2 * (bands - 1) * tree_.sections;
    const Tensor values = call.input(0, {"N", "T"});
    const int64_t rows = values.shape[0], samples = values.shape[1];
    const Tensor state = call.input(1, {{"N", rows}, {"2 (2^levels - 1) K", size}});
    if (samples % bands != 0) {
      call.refuse("values: expected a multiple of " + std::to_string(bands) + " samples, found " +
                  std::to_string(samples));
    }
    float* waveform = call.output(0, {rows, samples});
    float* next_state = call.copied_output(1, state);
    call.parallel(rows, [&](size_t index) noexcept {
      const int64_t row = static_cast<int64_t>(index);
      kernels_.band_merge(tree_, values.floats() + row * samples, samples / bands,
                          next_state + row * size, waveform + row * samples);
    });
  }

 private:
  const Kernels& kernels_;
  QuadratureMirrorTree tree_{};
};

}  // namespace

const KernelKind kQuadratureMirrorMerge = {"QuadratureMirrorMerge",
                                           make_kernel<QuadratureMirrorMerge>};

}  // namespace wavebridge::ort
