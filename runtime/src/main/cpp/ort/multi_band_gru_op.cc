#include "ort/operator.h"

namespace wavebridge::ort {
namespace {

/// The operators of the multi-band GRU network; they differ in what says the next samples, and in
/// how they keep their weights.
template <bool kScore, typename Matrix>
class MultiBandGru final : public Kernel {
 public:
  explicit MultiBandGru(const Kernels& kernels) : kernels_(network_kernels<Matrix>(kernels)) {}

  void read(NodeReader& reader) override {
    const int64_t samples_per_frame = reader.attribute("samples_per_frame");
    const int64_t mixtures = reader.attribute("mixtures");
    if (!kScore) {
      network_.levels_per_unit = reader.number("levels_per_unit");
      network_.uniform_margin = reader.number("uniform_margin");
    }
    reader.start_at(kScore ? 4 : 5);
    const std::vector<float>& columns = reader.array("sample_weights", {"3H", "B"});
    const int64_t gates = reader.last_rows();
    const int64_t bands = gates == 0 ? 0 : static_cast<int64_t>(columns.size()) / gates;
    if (gates == 0 || gates % 3 != 0 || gates > kMostInputs || bands < 1 || bands > kMostBands) {
      reader.refuse("sample_weights: expected 3 H rows, 3 to " + std::to_string(kMostInputs) +
                    ", and 1 to " + std::to_string(kMostBands) + " bands, found [" +
                    std::to_string(gates) + ", " + std::to_string(bands) + "]");
    }
    if (samples_per_frame % bands != 0) {
      reader.refuse("attribute 'samples_per_frame': expected a multiple of " +
                    std::to_string(bands) + " bands, found " + std::to_string(samples_per_frame));
    }
    steps_per_frame_ = samples_per_frame / bands;
    std::vector<float>& by_band = constants.arrays.emplace_back(columns.size());
    for (size_t i = 0; i < columns.size(); i++) {
      by_band[i % static_cast<size_t>(bands) * static_cast<size_t>(gates) +
              i / static_cast<size_t>(bands)] = columns[i];
    }
    const int64_t hidden = gates / 3;
    network_.hidden = static_cast<int32_t>(hidden);
    network_.bands = static_cast<int32_t>(bands);
    network_.mixtures = static_cast<int32_t>(mixtures);
    network_.sample_weights = by_band.data();
    network_.recurrent =
        reader.layer<Matrix>("recurrent", "recurrent_bias", {"3H", gates}, {"H", hidden});
    network_.projection = reader.layer<Matrix>("projection", "projection_bias", "D", {"H", hidden});
    network_.band_output =
        reader.layer("band_output", "band_output_bias", {"B * 3 * mixtures", bands * 3 * mixtures},
                     {"D", network_.projection.weight.rows});
  }

  void compute(const Call& call) const override {
    const int64_t bands = network_.bands, hidden = network_.hidden;
    const int64_t outputs = network_.band_output.weight.rows;
    const Tensor conditioning = call.input(0, "conditioning", {"N", "F", {"3H", 3 * hidden}});
    const int64_t rows = conditioning.shape[0];
    const int64_t frames = conditioning.shape[1];
    const Tensor driver = kScore ? call.input(1, "audio", {{"N", rows}, "T"})
                                 : call.input(1, "uniforms", {{"N", rows}, "T", 2});
    const Tensor previous = call.input(2, "previous", {{"N", rows}, {"B", bands}});
    const Tensor state = call.input(3, "state", {{"N", rows}, {"H", hidden}});
    const float temperature = kScore ? 1.0f : call.temperature(4);
    const int64_t samples = driver.shape[1];
    check_frames(call, samples, frames, steps_per_frame_ * bands);
    if (samples % bands != 0) {
      call.refuse("expected a multiple of " + std::to_string(bands) + " samples, found " +
                  std::to_string(samples));
    }
    const int64_t steps = samples / bands;
    float* result =
        kScore ? call.output(0, {rows, samples, outputs / bands}) : call.output(0, {rows, samples});
    float* next_previous = call.copied_output(1, previous);
    float* next_state = call.copied_output(2, state);
    const auto run = [&](int64_t row, int64_t count, int64_t first, int64_t length,
                         const Seat& seat) noexcept {
      const int64_t at = row * steps + first;
      const float* driven = driver.floats() + at * bands * (kScore ? 1 : 2);
      const MultiBandGruRows work = {
          .rows = static_cast<int32_t>(count),
          .steps = length,
          .frames = frames,
          .steps_per_frame = steps_per_frame_,
          .begun = first % steps_per_frame_,
          .temperature = temperature,
          .conditioning =
              conditioning.floats() + (row * frames + first / steps_per_frame_) * 3 * hidden,
          .uniforms = kScore ? nullptr : driven,
          .given = kScore ? driven : nullptr,
          .audio = kScore ? nullptr : result + at * bands,
          .logits = kScore ? result + at * outputs : nullptr,
          .previous = next_previous + row * bands,
          .state = next_state + row * hidden,
      };
      const auto of_network =
          kScore ? kernels_.multi_band_gru_score : kernels_.multi_band_gru_generate;
      return of_network(network_, work, seat);
    };
    call.run_rows(rows, steps, kernels_.multi_band_gru_scratch(network_, 1), pace_, run);
  }

 private:
  const NetworkKernels<Matrix>& kernels_;
  MultiBandGruNetworkOf<Matrix> network_{};
  int64_t steps_per_frame_ = 1;
  mutable Pace pace_;
};

}  // namespace

const KernelKind kMultiBandGruGenerate = {"MultiBandGruGenerate",
                                          make_kernel<MultiBandGru<false, PackedMatrix>>};
const KernelKind kMultiBandGruScore = {"MultiBandGruScore",
                                       make_kernel<MultiBandGru<true, PackedMatrix>>};
const KernelKind kMultiBandGruGenerateInt8 = {"MultiBandGruGenerateInt8",
                                              make_kernel<MultiBandGru<false, PackedInt8Matrix>>};
const KernelKind kMultiBandGruScoreInt8 = {"MultiBandGruScoreInt8",
                                           make_kernel<MultiBandGru<true, PackedInt8Matrix>>};

}  // namespace wavebridge::ort
