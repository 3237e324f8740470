#ifndef WAVEBRIDGE_ORT_SUB_BAND_GRU_TRAITS_H_
#define WAVEBRIDGE_ORT_SUB_BAND_GRU_TRAITS_H_

#include <string>

#include "ort/band_columns.h"
#include "ort/head_reader.h"
#include "wavebridge/network_sizes.h"

namespace wavebridge::ort {

/// The residual two-GRU network of several bands for ort/sequence_op.h: the kernels are those of
/// one band.
template <typename MatrixType>
struct SubBandGruTraits {
  using Matrix = MatrixType;
  using Network = ResidualGruNetworkOf<Matrix>;
  static constexpr const char* kName = "SubBandGru";
  static constexpr auto kKernels = &NetworkKernels<Matrix>::residual_gru;

  static Network read(NodeReader& reader, Constants& constants, SequenceSizes& sizes) {
    Network network{};
    network.head = read_head(reader);
    const BandColumns columns = read_band_columns(reader, constants, sizes, "R", 1);
    const int64_t bands = columns.bands;
    static_cast<ResidualGruSizes&>(network) = residual_gru_sizes(reader, columns.rows);
    network.sample_weights = columns.by_band;
    network.bands = static_cast<int32_t>(bands);
    const Extent each = network.head.outputs();
    network.each(network, Extent{"B * C", each.size < 0 ? each.size : bands * each.size},
                 reader.matrices());
    if (network.output.weight.rows % bands != 0) {
      reader.refuse("output: expected as many rows for each of " + std::to_string(bands) +
                    " bands, found " + std::to_string(network.output.weight.rows));
    }
    const int64_t outputs = network.outputs_of_band();
    check_outputs(reader, outputs, network.head);
    const int32_t (&aux)[4] = network.aux_sizes;
    sizes.by_sample = {"M", network.mels};
    sizes.by_frame = {"A1+A2+A3+A4", aux[0] + aux[1] + aux[2] + aux[3]};
    sizes.draws = {"draws", network.head.draws()};
    sizes.logits = {outputs};
    sizes.state = {"2R", 2 * network.hidden};
    return network;
  }
};

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_SUB_BAND_GRU_TRAITS_H_
