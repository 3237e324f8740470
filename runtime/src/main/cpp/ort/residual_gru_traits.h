#ifndef WAVEBRIDGE_ORT_RESIDUAL_GRU_TRAITS_H_
#define WAVEBRIDGE_ORT_RESIDUAL_GRU_TRAITS_H_

#include <string>
#include <vector>

#include "ort/head_reader.h"
#include "ort/sequence_op.h"

namespace wavebridge::ort {

/// The residual two-GRU network for ort/sequence_op.h.
template <typename MatrixType>
struct ResidualGruTraits {
  using Matrix = MatrixType;
  using Network = ResidualGruNetworkOf<Matrix>;
  static constexpr const char* kName = "ResidualGru";
  static constexpr auto kKernels = &NetworkKernels<Matrix>::residual_gru;

  static Network read(NodeReader& reader, Constants&, SequenceSizes& sizes) {
    const int64_t mels = reader.attribute("mels");
    const std::vector<int64_t> aux = reader.attributes("aux_sizes", 4);
    Network network{};
    network.head = read_head(reader);
    const std::vector<float>& sample_weights = reader.array({"R"});
    const int64_t hidden = static_cast<int64_t>(sample_weights.size());
    if (hidden < 1 || hidden > kMostInputs / 3) {
      reader.refuse("sample_weights: expected R of 1 to " + std::to_string(kMostInputs / 3) +
                    ", found " + std::to_string(hidden));
    }
    network.hidden = static_cast<int32_t>(hidden);
    network.mels = static_cast<int32_t>(mels);
    for (size_t i = 0; i < 4; i++) network.aux_sizes[i] = static_cast<int32_t>(aux[i]);
    network.sample_weights = sample_weights.data();
    network.each({hidden, mels, {aux[0], aux[1], aux[2], aux[3]}}, network.head.outputs(),
                 reader.matrices());
    const int64_t outputs = network.output.weight.rows;
    check_outputs(reader, outputs, network.head);
    sizes.by_sample = {"M", mels};
    sizes.by_frame = {"A1+A2+A3+A4", aux[0] + aux[1] + aux[2] + aux[3]};
    sizes.draws = {"draws", network.head.draws()};
    sizes.logits = {outputs};
    sizes.previous = int64_t{1};
    sizes.state = {"2R", 2 * hidden};
    return network;
  }

  static Dimension context_rows(const Network& network) { return {"R", network.hidden}; }
};

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_RESIDUAL_GRU_TRAITS_H_
