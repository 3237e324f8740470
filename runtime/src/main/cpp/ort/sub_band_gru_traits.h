#ifndef WAVEBRIDGE_ORT_SUB_BAND_GRU_TRAITS_H_
#define WAVEBRIDGE_ORT_SUB_BAND_GRU_TRAITS_H_

#include <string>
#include <vector>

#include "ort/head_reader.h"
#include "ort/sequence_op.h"
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
    const std::vector<float>& columns = reader.array(Shape{Dimension("R"), Dimension("B")});
    const int64_t hidden = reader.last_rows();
    static_cast<ResidualGruSizes&>(network) = residual_gru_sizes(reader, hidden);
    const int64_t bands = static_cast<int64_t>(columns.size()) / hidden;
    if (bands < 1 || bands > kMostBands) {
      reader.refuse("sample_weights: expected 1 to " + std::to_string(kMostBands) +
                    " bands, found " + std::to_string(bands));
    }
    if (sizes.samples_per_frame % bands != 0) {
      reader.refuse("attribute 'samples_per_frame': expected a multiple of " +
                    std::to_string(bands) + " bands, found " +
                    std::to_string(sizes.samples_per_frame));
    }
    std::vector<float>& by_band = constants.arrays.emplace_back(columns.size());
    for (size_t i = 0; i < columns.size(); i++) {
      by_band[i % static_cast<size_t>(bands) * static_cast<size_t>(hidden) +
              i / static_cast<size_t>(bands)] = columns[i];
    }
    network.sample_weights = by_band.data();
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
    sizes.bands = bands;
    sizes.by_sample = {"M", network.mels};
    sizes.by_frame = {"A1+A2+A3+A4", aux[0] + aux[1] + aux[2] + aux[3]};
    sizes.draws = {"draws", network.head.draws()};
    sizes.logits = {outputs};
    sizes.previous = {"B", bands};
    sizes.state = {"2R", 2 * network.hidden};
    return network;
  }
};

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_SUB_BAND_GRU_TRAITS_H_
