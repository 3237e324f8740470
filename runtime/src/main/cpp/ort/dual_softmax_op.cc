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
    samples_per_frame_ = reader.attribute("samples_per_frame", 1, INT32_MAX);
    const int64_t conditioning = reader.attribute("conditioning_size", 0, kMostInputs);
    reader.start_at(kScore ? 4 : 5);
    const std::vector<float>& columns = reader.array("sample_weights", {"3H", 3});
    const int64_t gates = static_cast<int64_t>(columns.size() / 3);
    if (gates == 0 || gates % 6 != 0 || gates > kMostInputs) {
      reader.refuse("sample_weights: expected 3 H rows, H even, 2 to " +
                    std::to_string(kMostInputs / 3) + ", found " + std::to_string(gates) + " rows");
    }
    const int64_t hidden = gates / 3;
    network_.hidden = static_cast<int32_t>(hidden);
    network_.conditioning_size = static_cast<int32_t>(conditioning);
    network_.coarse_weights = column(columns, 0);
    network_.fine_weights = column(columns, 1);
    network_.new_weights = column(columns, 2);
    network_.conditioning = reader.layer("conditioning_weight", "conditioning_bias", {"3H", gates},
                                         {"E", conditioning});
    network_.recurrent =
        reader.layer<Matrix>("recurrent", "recurrent_bias", {"3H", gates}, {"H", hidden});
    network_.coarse_hidden =
        reader.layer<Matrix>("coarse_hidden", "coarse_hidden_bias", "D", {"H/2", hidden / 2});
    network_.coarse_output =
        reader.layer<Matrix>("coarse_output", "coarse_output_bias", {kDualClasses},
                             {"D", network_.coarse_hidden.weight.rows});
    network_.fine_hidden =
        reader.layer<Matrix>("fine_hidden", "fine_hidden_bias", "D'", {"H/2", hidden / 2});
    network_.fine_output = reader.layer<Matrix>("fine_output", "fine_output_bias", {kDualClasses},
                                                {"D'", network_.fine_hidden.weight.rows});
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
  /// One column of a row-major matrix of three, as an array.
  const float* column(const std::vector<float>& matrix, size_t index) {
    std::vector<float>& copy = constants.arrays.emplace_back(matrix.size() / 3);
    for (size_t row = 0; row < copy.size(); row++) copy[row] = matrix[3 * row + index];
    return copy.data();
  }

  const NetworkKernels<Matrix>& kernels_;
  DualSoftmaxNetworkOf<Matrix> network_{};
  int64_t samples_per_frame_ = 1;
  mutable Pace pace_;
};

}  // namespace

const OperatorSpec kDualSoftmaxGenerate = {
    .name = "DualSoftmaxGenerate",
    .inputs =
        "ffffff"
        "wfwfwfwfwfwf",
    .outputs = 3,
    .make = make_kernel<DualSoftmax<false, PackedMatrix>>,
};

const OperatorSpec kDualSoftmaxScore = {
    .name = "DualSoftmaxScore",
    .inputs =
        "fffff"
        "wfwfwfwfwfwf",
    .outputs = 3,
    .make = make_kernel<DualSoftmax<true, PackedMatrix>>,
};

const OperatorSpec kDualSoftmaxGenerateInt8 = {
    .name = "DualSoftmaxGenerateInt8",
    .inputs =
        "ffffff"
        "wfqfqfqfqfqf",
    .outputs = 3,
    .make = make_kernel<DualSoftmax<false, PackedInt8Matrix>>,
};

const OperatorSpec kDualSoftmaxScoreInt8 = {
    .name = "DualSoftmaxScoreInt8",
    .inputs =
        "fffff"
        "wfqfqfqfqfqf",
    .outputs = 3,
    .make = make_kernel<DualSoftmax<true, PackedInt8Matrix>>,
};

}  // namespace wavebridge::ort
