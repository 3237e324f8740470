#include <string>

#include "ort/operator.h"

namespace wavebridge::ort {
namespace {

/// A gated recurrent unit over frames.
class GruFrames final : public Kernel {
 public:
  explicit GruFrames(const Kernels& kernels) : kernels_(kernels) {}

  void read(NodeReader& reader) override {
    const int64_t units = reader.attribute("units");
    recurrent_ = reader.layer({"3H", 3 * units}, {"H", units});
  }

  void compute(const Call& call) const override {
    const int64_t units = recurrent_.weight.inputs;
    const Tensor gates = call.input(0, {"N", "F", {"3H", 3 * units}});
    const int64_t rows = gates.shape[0], frames = gates.shape[1];
    float* y = call.output(0, {rows, frames, units});
    const auto memory = scratch(static_cast<size_t>(rows * 4 * units) * sizeof(float));
    float* const floats = reinterpret_cast<float*>(memory.get());
    call.parallel(rows, [&](size_t index) noexcept {
      const int64_t row = static_cast<int64_t>(index);
      kernels_.gru_frames(recurrent_, gates.floats() + row * frames * 3 * units, frames,
                          y + row * frames * units, floats + row * 4 * units);
    });
  }

 private:
  const Kernels& kernels_;
  AffineLayer recurrent_{};
};

}  // namespace

const KernelKind kGruFrames = {"GruFrames", make_kernel<GruFrames>};

}  // namespace wavebridge::ort
