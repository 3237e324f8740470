#ifndef WAVEBRIDGE_MULTI_BAND_GRU_H_
#define WAVEBRIDGE_MULTI_BAND_GRU_H_

#include "wavebridge/matrices.h"
#include "wavebridge/packed_int8.h"

namespace wavebridge {

/// Most bands of a step.
inline constexpr int64_t kMostBands = 64;

/// The matrices of the multi-band GRU step network: H hidden, B bands, K mixtures a band, D rows in
/// the projection. Gates r, z, n.
template <typename Kept>
struct MultiBandGruMatrices {
  typename Kept::LargeLayer recurrent;   ///< [3H, H]
  typename Kept::LargeLayer projection;  ///< [D, H]
  typename Kept::Layer band_output;      ///< [B * 3K, D]: logits, means, scales of each band

  /// Calls `read(matrix, rows, columns)` for each in the order of the operators' inputs, which
  /// follow their `sample_weights`; it returns the rows that it found.
  template <typename Read>
  void each(int64_t hidden, int64_t bands, int64_t mixtures, const Read& read) {
    const Extent columns = {"H", hidden};
    read(recurrent, Extent{"3H", 3 * hidden}, columns);
    const int64_t rows = read(projection, Extent{"D", kAnySize}, columns);
    read(band_output, Extent{"B * 3 * mixtures", bands * 3 * mixtures}, Extent{"D", rows});
  }
};

/// The network as the kernels of the CPU read it. A sequence has by frame 3H values. A sample is
/// one of each band: B values, of 2B uniforms and B times 3K logits, with B values before it and a
/// state of H.
template <typename Matrix>
struct MultiBandGruNetworkOf : MultiBandGruMatrices<Packed<Matrix>> {
  int32_t hidden;
  int32_t bands;
  int32_t mixtures;
  float levels_per_unit;        ///< 16-bit levels of one unit of means and scales; positive
  float uniform_margin;         ///< above 0, below 1/2; generate only
  const float* sample_weights;  ///< [B, 3H]: for the previous sample of each band
};
using MultiBandGruNetwork = MultiBandGruNetworkOf<PackedMatrix>;
using MultiBandGruInt8Network = MultiBandGruNetworkOf<PackedInt8Matrix>;

/// A tree of two-band merge nodes of all-pass sections (docs/operators.md, QuadratureMirrorMerge).
struct QuadratureMirrorTree {
  int32_t levels;
  int32_t sections;
  const float* even;  ///< [sections]
  const float* odd;   ///< [sections]
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_MULTI_BAND_GRU_H_
