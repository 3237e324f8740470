#ifndef WAVEBRIDGE_ORT_MULTI_BAND_GRU_TRAITS_H_
#define WAVEBRIDGE_ORT_MULTI_BAND_GRU_TRAITS_H_

#include "ort/band_columns.h"

namespace wavebridge::ort {

/// The multi-band GRU network for ort/sequence_op.h.
template <typename MatrixType>
struct MultiBandGruTraits {
  using Matrix = MatrixType;
  using Network = MultiBandGruNetworkOf<Matrix>;
  static constexpr const char* kName = "MultiBandGru";
  static constexpr auto kKernels = &NetworkKernels<Matrix>::multi_band_gru;

  static Network read(NodeReader& reader, Constants& constants, SequenceSizes& sizes) {
    Network network{};
    const int64_t mixtures = reader.attribute("mixtures");
    if (reader.declares("levels_per_unit")) {
      network.levels_per_unit = reader.number("levels_per_unit");
      network.uniform_margin = reader.number("uniform_margin");
    }
    const BandColumns columns = read_band_columns(reader, constants, sizes, "3H", 3);
    const int64_t gates = columns.rows, bands = columns.bands;
    const int64_t hidden = gates / 3;
    network.hidden = static_cast<int32_t>(hidden);
    network.bands = static_cast<int32_t>(bands);
    network.mixtures = static_cast<int32_t>(mixtures);
    network.sample_weights = columns.by_band;
    network.each(hidden, bands, mixtures, reader.matrices());
    sizes.by_frame = {"3H", gates};
    sizes.draws = int64_t{2};
    sizes.logits = {3 * mixtures};
    sizes.state = {"H", hidden};
    return network;
  }
};

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_MULTI_BAND_GRU_TRAITS_H_
