#include "ort/operator.h"

// The operators of LPCNet's conditioner.

namespace wavebridge::ort {
namespace {

/// tanh of every number.
class CanonicalTanh final : public Kernel {
 public:
  explicit CanonicalTanh(const Kernels& kernels) : kernels_(kernels) {}

  void read(NodeReader&) override {}

  void compute(const Call& call) const override {
    const Tensor x = call.input(0, {"N", "C"});
    float* const y = call.output(0, {x.shape[0], x.shape[1]});
    const int64_t count = x.shape[0] * x.shape[1];
    constexpr int64_t kTogether = 4096;
    call.parallel((count + kTogether - 1) / kTogether, [&](size_t part) noexcept {
      const int64_t first = static_cast<int64_t>(part) * kTogether;
      kernels_.tanh(x.floats() + first, y + first,
                    static_cast<int32_t>(std::min(kTogether, count - first)));
    });
  }

 private:
  const Kernels& kernels_;
};

/// Energies of bands to the coefficients of a prediction.
class LinearPredictionOp final : public Kernel {
 public:
  explicit LinearPredictionOp(const Kernels& kernels) : kernels_(kernels) {}

  void read(NodeReader& reader) override {
    of_.noise_floor = reader.number("noise_floor");
    of_.gamma = reader.number("gamma");
    const std::vector<float>& matrix = reader.array({{kPredictionOrder + 1}, {"B"}});
    const int64_t bands = static_cast<int64_t>(matrix.size()) / (kPredictionOrder + 1);
    if (bands < 1 || bands > kMostPredictionBands) {
      reader.refuse("autocorrelation: expected 1 to " + std::to_string(kMostPredictionBands) +
                    " bands, found " + std::to_string(bands));
    }
    of_.bands = static_cast<int32_t>(bands);
    of_.autocorrelation = matrix.data();
  }

  void compute(const Call& call) const override {
    const Tensor energies = call.input(0, {"N", {"B", of_.bands}});
    const int64_t frames = energies.shape[0];
    kernels_.linear_prediction(of_, energies.floats(), frames,
                               call.output(0, {frames, kPredictionOrder}));
  }

 private:
  const Kernels& kernels_;
  LinearPrediction of_{};
};

/// Reflection coefficients to those of a prediction.
class ReflectionPrediction final : public Kernel {
 public:
  explicit ReflectionPrediction(const Kernels& kernels) : kernels_(kernels) {}

  void read(NodeReader& reader) override { gamma_ = reader.number("gamma"); }

  void compute(const Call& call) const override {
    const Tensor reflections = call.input(0, {"N", kPredictionOrder});
    const int64_t frames = reflections.shape[0];
    kernels_.reflection_prediction(gamma_, reflections.floats(), frames,
                                   call.output(0, {frames, kPredictionOrder}));
  }

 private:
  const Kernels& kernels_;
  float gamma_ = 1.0f;
};

}  // namespace

const KernelKind kReflectionPrediction = {"ReflectionPrediction",
                                          make_kernel<ReflectionPrediction>};
const KernelKind kCanonicalTanh = {"CanonicalTanh", make_kernel<CanonicalTanh>};
const KernelKind kLinearPrediction = {"LinearPrediction", make_kernel<LinearPredictionOp>};

}  // namespace wavebridge::ort
