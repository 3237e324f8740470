#include "ort/operator.h"
#include "ort/residual_gru_reader.h"
#include "ort/subscale.h"

namespace wavebridge::ort {
namespace {

/// Steps of the subscale schedule with the residual GRU network.
template <typename Matrix>
class ResidualGruSubscale final : public Kernel {
 public:
  explicit ResidualGruSubscale(const Kernels& kernels)
      : kernels_(network_kernels<Matrix>(kernels)) {}

  void read(NodeReader& reader) override {
    samples_per_frame_ = reader.attribute("samples_per_frame");
    network_ = read_residual_gru<Matrix>(reader, 8);
    subscale_.read(reader, {"R", network_.hidden});
  }

  void compute(const Call& call) const override {
    const Tensor mels = call.input(0, "mels", {"A", {"M", network_.mels}});
    const int64_t samples = mels.shape[0];
    const Tensor aux = call.input(1, "aux", {"F", {"A1+A2+A3+A4", aux_size_of(network_)}});
    const Tensor uniforms = call.input(2, "uniforms", {{"A", samples}, {"draws", network_.draws}});
    const Tensor audio = call.input(3, "audio", {{"A", samples}});
    const Tensor previous = call.input(4, "previous", {"B", 1});
    const int64_t rows = previous.shape[0];
    const Tensor state =
        call.input(5, "state", {{"B", rows}, {"2R", 2 * int64_t{network_.hidden}}});
    const float temperature = call.temperature(6);
    const SubscaleWindow window = subscale_.window(call, 7, rows, samples);
    const int64_t frames = frames_of(call, window, samples, aux.shape[0], samples_per_frame_);

    float* next_audio = call.copied_output(0, audio);
    float* next_previous = call.copied_output(1, previous);
    float* next_state = call.copied_output(2, state);
    if (samples == 0) return;
    const ResidualGruRows work = {
        .rows = static_cast<int32_t>(rows),
        .samples = samples,
        .frames = frames,
        .samples_per_frame = samples_per_frame_,
        .begun = 0,
        .temperature = temperature,
        .mels = mels.floats(),
        .aux = aux.floats(),
        .uniforms = uniforms.floats(),
        .given = nullptr,
        .audio = next_audio,
        .logits = nullptr,
        .previous = next_previous,
        .state = next_state,
    };
    const ContextNetwork& context = subscale_.context();
    run_window(call, window, rows,
               kernels_.residual_gru_subscale_scratch(network_, context, window, work), pace_,
               [&](const SubscaleWindow& part, const Seat& seat) noexcept {
                 return kernels_.residual_gru_subscale(network_, context, part, work, seat);
               });
  }

 private:
  const NetworkKernels<Matrix>& kernels_;
  ResidualGruNetworkOf<Matrix> network_{};
  Subscale subscale_;
  int64_t samples_per_frame_ = 1;
  mutable Pace pace_;
};

}  // namespace

const KernelKind kResidualGruSubscaleGenerate = {"ResidualGruSubscaleGenerate",
                                                 make_kernel<ResidualGruSubscale<PackedMatrix>>};
const KernelKind kResidualGruSubscaleGenerateInt8 = {
    "ResidualGruSubscaleGenerateInt8", make_kernel<ResidualGruSubscale<PackedInt8Matrix>>};

}  // namespace wavebridge::ort
