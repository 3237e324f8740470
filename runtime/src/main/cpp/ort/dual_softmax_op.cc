#include "ort/dual_softmax_reader.h"
#include "ort/operator.h"

namespace wavebridge::ort {
namespace {

/// The operators of the dual-softmax network; they differ in what says the next sample, and in how
/// they keep their weights.
template <bool kScore, typename Matrix>
class DualSoftmax final : public Kernel {
 public:
  explicit DualSoftmax(const Kernels& kernels) : kernels_(network_kernels<Matrix>(kernels)) {}

  void read(NodeReader& reader) override {
    samples_per_frame_ = reader.attribute("samples_per_frame");
    network_ = read_dual_softmax<Matrix>(reader, constants, kScore ? 4 : 5);
  }

  void compute(const Call& call) const override {
    const int64_t size = network_.conditioning_size;
    const Tensor conditioning = call.input(0, "conditioning", {"N", "F", {"E", size}});
    const int64_t rows = conditioning.shape[0];
    const int64_t frames = conditioning.shape[1];
    const Tensor driver = kScore ? call.input(1, "audio", {{"N", rows}, "T"})
                                 : call.input(1, "uniforms", {{"N", rows}, "T", 2});
    const Tensor previous = call.input(2, "previous", {{"N", rows}, 2});
    const Tensor state = call.input(3, "state", {{"N", rows}, {"H", network_.hidden}});
    const float temperature = kScore ? 1.0f : call.temperature(4);
    const int64_t samples = driver.shape[1];
    check_frames(call, samples, frames, samples_per_frame_);

    float* result =
        kScore ? call.output(0, {rows, samples, 2, kDualClasses}) : call.output(0, {rows, samples});
    float* next_previous = call.copied_output(1, previous);
    float* next_state = call.copied_output(2, state);
    const auto run = [&](int64_t row, int64_t count, int64_t first, int64_t length,
                         const Seat& seat) noexcept {
      const int64_t at = row * samples + first;
      const float* driven = driver.floats() + at * (kScore ? 1 : 2);
      const DualSoftmaxRows work = {
          .rows = static_cast<int32_t>(count),
          .samples = length,
          .frames = frames,
          .samples_per_frame = samples_per_frame_,
          .begun = first % samples_per_frame_,
          .temperature = temperature,
          .conditioning =
              conditioning.floats() + (row * frames + first / samples_per_frame_) * size,
          .uniforms = kScore ? nullptr : driven,
          .given = kScore ? driven : nullptr,
          .audio = kScore ? nullptr : result + at,
          .logits = kScore ? result + at * 2 * kDualClasses : nullptr,
          .previous = next_previous + row * 2,
          .state = next_state + row * network_.hidden,
      };
      const auto of_network = kScore ? kernels_.dual_softmax_score : kernels_.dual_softmax_generate;
      return of_network(network_, work, seat);
    };
    call.run_rows(rows, samples, kernels_.dual_softmax_scratch(network_, 1), pace_, run);
  }

 private:
  const NetworkKernels<Matrix>& kernels_;
  DualSoftmaxNetworkOf<Matrix> network_{};
  int64_t samples_per_frame_ = 1;
  mutable Pace pace_;
};

}  // namespace

const KernelKind kDualSoftmaxGenerate = {"DualSoftmaxGenerate",
                                         make_kernel<DualSoftmax<false, PackedMatrix>>};
const KernelKind kDualSoftmaxScore = {"DualSoftmaxScore",
                                      make_kernel<DualSoftmax<true, PackedMatrix>>};
const KernelKind kDualSoftmaxGenerateInt8 = {"DualSoftmaxGenerateInt8",
                                             make_kernel<DualSoftmax<false, PackedInt8Matrix>>};
const KernelKind kDualSoftmaxScoreInt8 = {"DualSoftmaxScoreInt8",
                                          make_kernel<DualSoftmax<true, PackedInt8Matrix>>};

}  // namespace wavebridge::ort
