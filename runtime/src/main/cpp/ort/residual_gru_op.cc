#include "ort/operator.h"
#include "ort/residual_gru_reader.h"

namespace wavebridge::ort {
namespace {

/// The operators of the residual GRU network; they differ in what says the next sample, and in how
/// they keep their weights.
template <bool kScore, typename Matrix>
class ResidualGru final : public Kernel {
 public:
  explicit ResidualGru(const Kernels& kernels) : kernels_(network_kernels<Matrix>(kernels)) {}

  void read(NodeReader& reader) override {
    samples_per_frame_ = reader.attribute("samples_per_frame");
    network_ = read_residual_gru<Matrix>(reader, kScore ? 5 : 6);
    aux_size_ = aux_size_of(network_);
  }

  void compute(const Call& call) const override {
    const Tensor mels = call.input(0, "mels", {"N", "T", {"M", network_.mels}});
    const int64_t rows = mels.shape[0];
    const int64_t samples = mels.shape[1];
    const Tensor aux = call.input(1, "aux", {{"N", rows}, "F", {"A1+A2+A3+A4", aux_size_}});
    const int64_t frames = aux.shape[1];
    const int64_t draws = kScore ? 1 : network_.draws;
    const Tensor driver =
        kScore ? call.input(2, "audio", {{"N", rows}, {"T", samples}})
               : call.input(2, "uniforms", {{"N", rows}, {"T", samples}, {"draws", draws}});
    const Tensor previous = call.input(3, "previous", {{"N", rows}, 1});
    const Tensor state =
        call.input(4, "state", {{"N", rows}, {"2R", 2 * int64_t{network_.hidden}}});
    const float temperature = kScore ? 1.0f : call.temperature(5);
    check_frames(call, samples, frames, samples_per_frame_);

    const int64_t outputs = network_.output.weight.rows;
    float* result =
        kScore ? call.output(0, {rows, samples, outputs}) : call.output(0, {rows, samples});
    float* next_previous = call.copied_output(1, previous);
    float* next_state = call.copied_output(2, state);
    const auto run = [&](int64_t row, int64_t count, int64_t first, int64_t length,
                         const Seat& seat) noexcept {
      const int64_t at = row * samples + first;
      const float* driven = driver.floats() + at * draws;
      const ResidualGruRows work = {
          .rows = static_cast<int32_t>(count),
          .samples = length,
          .frames = frames,
          .samples_per_frame = samples_per_frame_,
          .begun = first % samples_per_frame_,
          .temperature = temperature,
          .mels = mels.floats() + at * network_.mels,
          .aux = aux.floats() + (row * frames + first / samples_per_frame_) * aux_size_,
          .uniforms = kScore ? nullptr : driven,
          .given = kScore ? driven : nullptr,
          .audio = kScore ? nullptr : result + at,
          .logits = kScore ? result + at * outputs : nullptr,
          .previous = next_previous + row,
          .state = next_state + row * 2 * network_.hidden,
      };
      const auto of_network = kScore ? kernels_.residual_gru_score : kernels_.residual_gru_generate;
      return of_network(network_, work, seat);
    };
    call.run_rows(rows, samples, kernels_.residual_gru_scratch(network_, 1), pace_, run);
  }

 private:
  const NetworkKernels<Matrix>& kernels_;
  ResidualGruNetworkOf<Matrix> network_{};
  int64_t samples_per_frame_ = 1;
  mutable Pace pace_;
  int64_t aux_size_ = 0;
};

}  // namespace

const KernelKind kResidualGruGenerate = {"ResidualGruGenerate",
                                         make_kernel<ResidualGru<false, PackedMatrix>>};
const KernelKind kResidualGruScore = {"ResidualGruScore",
                                      make_kernel<ResidualGru<true, PackedMatrix>>};
const KernelKind kResidualGruGenerateInt8 = {"ResidualGruGenerateInt8",
                                             make_kernel<ResidualGru<false, PackedInt8Matrix>>};
const KernelKind kResidualGruScoreInt8 = {"ResidualGruScoreInt8",
                                          make_kernel<ResidualGru<true, PackedInt8Matrix>>};

}  // namespace wavebridge::ort
