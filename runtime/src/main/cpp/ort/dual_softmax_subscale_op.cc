#include "ort/dual_softmax_reader.h"
#include "ort/operator.h"
#include "ort/subscale.h"

namespace wavebridge::ort {
namespace {

/// Steps of the subscale schedule with the dual-softmax network.
template <typename Matrix>
class DualSoftmaxSubscale final : public Kernel {
 public:
  explicit DualSoftmaxSubscale(const Kernels& kernels)
      : kernels_(network_kernels<Matrix>(kernels)) {}

  void read(NodeReader& reader) override {
    samples_per_frame_ = reader.attribute("samples_per_frame");
    network_ = read_dual_softmax<Matrix>(reader, constants, 7);
    subscale_.read(reader, {"3H", 3 * int64_t{network_.hidden}});
  }

  void compute(const Call& call) const override {
    const Tensor conditioning =
        call.input(0, "conditioning", {"F", {"E", network_.conditioning_size}});
    const Tensor uniforms = call.input(1, "uniforms", {"A", 2});
    const int64_t samples = uniforms.shape[0];
    const Tensor audio = call.input(2, "audio", {{"A", samples}});
    const Tensor previous = call.input(3, "previous", {"B", 2});
    const int64_t rows = previous.shape[0];
    const Tensor state = call.input(4, "state", {{"B", rows}, {"H", network_.hidden}});
    const float temperature = call.temperature(5);
    const SubscaleWindow window = subscale_.window(call, 6, rows, samples);
    const int64_t frames =
        frames_of(call, window, samples, conditioning.shape[0], samples_per_frame_);

    float* next_audio = call.copied_output(0, audio);
    float* next_previous = call.copied_output(1, previous);
    float* next_state = call.copied_output(2, state);
    if (samples == 0) return;
    const DualSoftmaxRows work = {
        .rows = static_cast<int32_t>(rows),
        .samples = samples,
        .frames = frames,
        .samples_per_frame = samples_per_frame_,
        .begun = 0,
        .temperature = temperature,
        .conditioning = conditioning.floats(),
        .uniforms = uniforms.floats(),
        .given = nullptr,
        .audio = next_audio,
        .logits = nullptr,
        .previous = next_previous,
        .state = next_state,
    };
    const ContextNetwork& context = subscale_.context();
    run_window(call, window, rows,
               kernels_.dual_softmax_subscale_scratch(network_, context, window, work), pace_,
               [&](const SubscaleWindow& part, const Seat& seat) noexcept {
                 return kernels_.dual_softmax_subscale(network_, context, part, work, seat);
               });
  }

 private:
  const NetworkKernels<Matrix>& kernels_;
  DualSoftmaxNetworkOf<Matrix> network_{};
  Subscale subscale_;
  int64_t samples_per_frame_ = 1;
  mutable Pace pace_;
};

}  // namespace

const KernelKind kDualSoftmaxSubscaleGenerate = {"DualSoftmaxSubscaleGenerate",
                                                 make_kernel<DualSoftmaxSubscale<PackedMatrix>>};
const KernelKind kDualSoftmaxSubscaleGenerateInt8 = {
    "DualSoftmaxSubscaleGenerateInt8", make_kernel<DualSoftmaxSubscale<PackedInt8Matrix>>};

}  // namespace wavebridge::ort
