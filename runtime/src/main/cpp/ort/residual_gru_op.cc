#include "ort/operator.h"

namespace wavebridge::ort {
namespace {

/// The operators of the residual GRU network; they differ in what says the next sample, and in how
/// they keep their weights.
template <bool kScore, typename Matrix>
class ResidualGru final : public Kernel {
 public:
  explicit ResidualGru(const Kernels& kernels) : kernels_(network_kernels<Matrix>(kernels)) {}

  void read(NodeReader& reader) override {
    samples_per_frame_ = reader.attribute("samples_per_frame", 1, INT32_MAX);
    const int64_t mels = reader.attribute("mels", 1, kMostInputs);
    const std::vector<int64_t> aux = reader.attributes("aux_sizes", 4, 0, kMostInputs / 4);
    const int64_t mixtures = reader.attribute("mixtures", 0, kMostClasses);
    reader.start_at(kScore ? 5 : 6);
    const std::vector<float>& sample_weights = reader.array("sample_weights", {"R"});
    const int64_t hidden = static_cast<int64_t>(sample_weights.size());
    if (hidden < 1 || hidden > kMostInputs / 3) {
      reader.refuse("sample_weights: expected R of 1 to " + std::to_string(kMostInputs / 3) +
                    ", found " + std::to_string(hidden));
    }
    const Dimension columns = {"R", hidden};
    const Dimension gates = {"3R", 3 * hidden};
    network_.hidden = static_cast<int32_t>(hidden);
    network_.mels = static_cast<int32_t>(mels);
    for (size_t i = 0; i < 4; i++) {
      network_.aux_sizes[i] = static_cast<int32_t>(aux[i]);
      aux_size_ += aux[i];
    }
    network_.mixtures = static_cast<int32_t>(mixtures);
    network_.draws = static_cast<int32_t>(mixtures == 0 ? 1 : mixtures + 1);
    network_.sample_weights = sample_weights.data();
    network_.mel_weight = reader.weight("mel_weight", columns, {"M", mels});
    network_.input_aux = reader.layer("input_aux", "input_bias", columns, {"A1", aux[0]});
    network_.gru1_input = reader.layer<Matrix>("gru1_input", "gru1_bias", gates, columns);
    network_.gru1_recurrent =
        reader.layer<Matrix>("gru1_recurrent", "gru1_recurrent_bias", gates, columns);
    network_.gru2_input = reader.weight<Matrix>("gru2_input", gates, columns);
    network_.gru2_aux = reader.layer("gru2_aux", "gru2_bias", gates, {"A2", aux[1]});
    network_.gru2_recurrent =
        reader.layer<Matrix>("gru2_recurrent", "gru2_recurrent_bias", gates, columns);
    network_.fc1 = reader.weight<Matrix>("fc1", "D1", columns);
    const Dimension rows1 = {"D1", network_.fc1.rows};
    network_.fc1_aux = reader.layer("fc1_aux", "fc1_bias", rows1, {"A3", aux[2]});
    network_.fc2 = reader.weight<Matrix>("fc2", "D2", rows1);
    const Dimension rows2 = {"D2", network_.fc2.rows};
    network_.fc2_aux = reader.layer("fc2_aux", "fc2_bias", rows2, {"A4", aux[3]});
    const Dimension classes =
        mixtures == 0 ? Dimension("C") : Dimension("3 * mixtures", 3 * mixtures);
    network_.output = reader.layer<Matrix>("output", "output_bias", classes, rows2);
    const int64_t found = network_.output.weight.rows;
    if (mixtures == 0 && (found < 2 || found > kMostClasses)) {
      reader.refuse("output: expected 2 to " + std::to_string(kMostClasses) + " classes, found " +
                    std::to_string(found));
    }
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

const OperatorSpec kResidualGruGenerate = {
    .name = "ResidualGruGenerate",
    .inputs =
        "fffffff"
        "w"
        "wfwfwf"
        "w"
        "wfwf"
        "w"
        "wf"
        "w"
        "wf"
        "wf",
    .outputs = 3,
    .make = make_kernel<ResidualGru<false, PackedMatrix>>,
};

const OperatorSpec kResidualGruScore = {
    .name = "ResidualGruScore",
    .inputs =
        "ffffff"
        "w"
        "wfwfwf"
        "w"
        "wfwf"
        "w"
        "wf"
        "w"
        "wf"
        "wf",
    .outputs = 3,
    .make = make_kernel<ResidualGru<true, PackedMatrix>>,
};

const OperatorSpec kResidualGruGenerateInt8 = {
    .name = "ResidualGruGenerateInt8",
    .inputs =
        "fffffff"
        "w"
        "wfqfqf"
        "q"
        "wfqf"
        "q"
        "wf"
        "q"
        "wf"
        "qf",
    .outputs = 3,
    .make = make_kernel<ResidualGru<false, PackedInt8Matrix>>,
};

const OperatorSpec kResidualGruScoreInt8 = {
    .name = "ResidualGruScoreInt8",
    .inputs =
        "ffffff"
        "w"
        "wfqfqf"
        "q"
        "wfqf"
        "q"
        "wf"
        "q"
        "wf"
        "qf",
    .outputs = 3,
    .make = make_kernel<ResidualGru<true, PackedInt8Matrix>>,
};

}  // namespace wavebridge::ort
