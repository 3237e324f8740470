#ifndef WAVEBRIDGE_MULTI_BAND_GRU_H_
#define WAVEBRIDGE_MULTI_BAND_GRU_H_

#include "wavebridge/packed_int8.h"
#include "wavebridge/packed_matrix.h"

namespace wavebridge {

/// Most bands of a step.
inline constexpr int64_t kMostBands = 64;

/// The multi-band GRU step network: H hidden, B bands, K mixtures a band, D rows in the projection.
/// Gates r, z, n. `Matrix` is how it keeps the large weights that every step reads.
template <typename Matrix>
struct MultiBandGruNetworkOf {
  int32_t hidden;
  int32_t bands;
  int32_t mixtures;
  float levels_per_unit;        ///< 16-bit levels of one unit of means and scales; positive
  float uniform_margin;         ///< above 0, below 1/2; generate only
  const float* sample_weights;  ///< [B, 3H]: for the previous sample of each band
  LayerOf<Matrix> recurrent;    ///< [3H, H]
  LayerOf<Matrix> projection;   ///< [D, H]
  AffineLayer band_output;      ///< [B * 3K, D]: logits, means, scales of each band
};
using MultiBandGruNetwork = MultiBandGruNetworkOf<PackedMatrix>;
using MultiBandGruInt8Network = MultiBandGruNetworkOf<PackedInt8Matrix>;

/// N sequences of S steps, which run in step. Pointers need no alignment and do not overlap.
struct MultiBandGruRows {
  int32_t rows;               ///< N, 1..kMostRowsInStep
  int64_t steps;              ///< S; at most frames * steps_per_frame - begun
  int64_t frames;             ///< F
  int64_t steps_per_frame;    ///< positive
  int64_t begun;              ///< steps of the first frame that are made, fewer than all
  float temperature;          ///< positive and finite; generate only
  const float* conditioning;  ///< [N, F, 3H]
  const float* uniforms;      ///< [N, S, B, 2]; generate only
  const float* given;         ///< [N, S, B]; score only
  float* audio;               ///< [N, S, B]; generate only
  float* logits;              ///< [N, S, B, 3K]; score only
  float* previous;            ///< [N, B]; read, and left for the next call
  float* state;               ///< [N, H]; read, and left for the next call
};

/// A tree of two-band merge nodes of all-pass sections (docs/operators.md, QuadratureMirrorMerge).
struct QuadratureMirrorTree {
  int32_t levels;
  int32_t sections;
  const float* even;  ///< [sections]
  const float* odd;   ///< [sections]
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_MULTI_BAND_GRU_H_
