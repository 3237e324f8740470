#ifndef WAVEBRIDGE_RESIDUAL_GRU_H_
#define WAVEBRIDGE_RESIDUAL_GRU_H_

#include "wavebridge/packed_int8.h"
#include "wavebridge/packed_matrix.h"

namespace wavebridge {

/// The residual two-GRU step network: R hidden, M mels, aux parts A1..A4, D1 and D2 rows in the two
/// hidden layers, C outputs. A matrix without a bias of its own takes its bias from the frame
/// (docs/numerics.md). `Matrix` is how it keeps the large weights that every sample reads.
template <typename Matrix>
struct ResidualGruNetworkOf {
  int32_t hidden;
  int32_t mels;
  int32_t aux_sizes[4];
  /// Components of the logistic mixture, and then C = 3 * mixtures; 0: another head.
  int32_t mixtures;
  int32_t draws;                   ///< uniforms that a sample takes: 1, or mixtures + 1
  const float* sample_weights;     ///< [R]
  PackedMatrix mel_weight;         ///< [R, M]
  AffineLayer input_aux;           ///< [R, A1]
  LayerOf<Matrix> gru1_input;      ///< [3R, R]
  LayerOf<Matrix> gru1_recurrent;  ///< [3R, R]
  Matrix gru2_input;               ///< [3R, R]
  AffineLayer gru2_aux;            ///< [3R, A2]
  LayerOf<Matrix> gru2_recurrent;  ///< [3R, R]
  Matrix fc1;                      ///< [D1, R]
  AffineLayer fc1_aux;             ///< [D1, A3]
  Matrix fc2;                      ///< [D2, D1]
  AffineLayer fc2_aux;             ///< [D2, A4]
  LayerOf<Matrix> output;          ///< [C, D2]
  /// [C]: what the classes stand for; null where they are evenly spaced.
  const float* class_values = nullptr;
  bool gaussian = false;  ///< mean and log of the deviation, C = 2; else classes or a mixture
};
using ResidualGruNetwork = ResidualGruNetworkOf<PackedMatrix>;
using ResidualGruInt8Network = ResidualGruNetworkOf<PackedInt8Matrix>;

/// N sequences of T samples, which run in step. Pointers need no alignment and do not overlap.
struct ResidualGruRows {
  int32_t rows;               ///< N, 1..kMostRowsInStep
  int64_t samples;            ///< T; at most frames * samples_per_frame - begun
  int64_t frames;             ///< F
  int64_t samples_per_frame;  ///< positive
  int64_t begun;              ///< samples of the first frame that are made, fewer than all
  float temperature;          ///< positive and finite; generate only
  const float* mels;          ///< [N, T, M]
  const float* aux;           ///< [N, F, A1 + A2 + A3 + A4]
  const float* uniforms;      ///< [N, T, draws]; generate only
  const float* given;         ///< [N, T]; score only
  float* audio;               ///< [N, T]; generate only
  float* logits;              ///< [N, T, C]; score only
  float* previous;            ///< [N, 1]; read, and left for the next call
  float* state;               ///< [N, 2R] GRU 1, then GRU 2; read, and left for the next call
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_RESIDUAL_GRU_H_
