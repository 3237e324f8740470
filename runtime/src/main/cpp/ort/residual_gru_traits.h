#ifndef WAVEBRIDGE_ORT_RESIDUAL_GRU_TRAITS_H_
#define WAVEBRIDGE_ORT_RESIDUAL_GRU_TRAITS_H_

#include "ort/head_reader.h"
#include "ort/sequence_op.h"
#include "wavebridge/network_sizes.h"

namespace wavebridge::ort {

/// The residual two-GRU network for ort/sequence_op.h.
template <typename MatrixType>
struct ResidualGruTraits {
  using Matrix = MatrixType;
  using Network = ResidualGruNetworkOf<Matrix>;
  static constexpr const char* kName = "ResidualGru";
  static constexpr auto kKernels = &NetworkKernels<Matrix>::residual_gru;

  static Network read(NodeReader& reader, Constants&, SequenceSizes& sizes) {
    Network network{};
    network.head = read_head(reader);
    network.sample_weights = reader.array({"R"}).data();
    static_cast<ResidualGruSizes&>(network) = residual_gru_sizes(reader, reader.last_rows());
    network.each(network, network.head.outputs(), reader.matrices());
    const int64_t outputs = network.output.weight.rows;
    check_outputs(reader, outputs, network.head);
    const int32_t (&aux)[4] = network.aux_sizes;
    sizes.by_sample = {"M", network.mels};
    sizes.by_frame = {"A1+A2+A3+A4", aux[0] + aux[1] + aux[2] + aux[3]};
    sizes.draws = {"draws", network.head.draws()};
    sizes.logits = {outputs};
    sizes.previous = int64_t{1};
    sizes.state = {"2R", 2 * network.hidden};
    return network;
  }

  static Dimension context_rows(const Network& network) { return {"R", network.hidden}; }
};

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_RESIDUAL_GRU_TRAITS_H_
