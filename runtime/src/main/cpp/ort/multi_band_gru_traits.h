#ifndef WAVEBRIDGE_ORT_MULTI_BAND_GRU_TRAITS_H_
#define WAVEBRIDGE_ORT_MULTI_BAND_GRU_TRAITS_H_

#include <string>
#include <vector>

#include "ort/sequence_op.h"

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
    const std::vector<float>& columns = reader.array(Shape{Dimension("3H"), Dimension("B")});
    const int64_t gates = reader.last_rows();
    const int64_t bands = gates == 0 ? 0 : static_cast<int64_t>(columns.size()) / gates;
    if (gates == 0 || gates % 3 != 0 || gates > kMostInputs || bands < 1 || bands > kMostBands) {
      reader.refuse("sample_weights: expected 3 H rows, 3 to " + std::to_string(kMostInputs) +
                    ", and 1 to " + std::to_string(kMostBands) + " bands, found [" +
                    std::to_string(gates) + ", " + std::to_string(bands) + "]");
    }
    if (sizes.samples_per_frame % bands != 0) {
      reader.refuse("attribute 'samples_per_frame': expected a multiple of " +
                    std::to_string(bands) + " bands, found " +
                    std::to_string(sizes.samples_per_frame));
    }
    std::vector<float>& by_band = constants.arrays.emplace_back(columns.size());
    for (size_t i = 0; i < columns.size(); i++) {
      by_band[i % static_cast<size_t>(bands) * static_cast<size_t>(gates) +
              i / static_cast<size_t>(bands)] = columns[i];
    }
    const int64_t hidden = gates / 3;
    network.hidden = static_cast<int32_t>(hidden);
    network.bands = static_cast<int32_t>(bands);
    network.mixtures = static_cast<int32_t>(mixtures);
    network.sample_weights = by_band.data();
    network.each(hidden, bands, mixtures, reader.matrices());
    sizes.bands = bands;
    sizes.by_frame = {"3H", gates};
    sizes.draws = int64_t{2};
    sizes.logits = {3 * mixtures};
    sizes.previous = {"B", bands};
    sizes.state = {"H", hidden};
    return network;
  }
};

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_MULTI_BAND_GRU_TRAITS_H_
