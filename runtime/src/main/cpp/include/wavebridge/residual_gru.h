#ifndef WAVEBRIDGE_RESIDUAL_GRU_H_
#define WAVEBRIDGE_RESIDUAL_GRU_H_

#include "wavebridge/packed_matrix.h"

namespace wavebridge {

/// The residual two-GRU step network: R hidden, M mels, aux parts A1..A4, D1 and D2 rows in the two
/// hidden layers, C outputs. A matrix without a bias of its own takes its bias from the frame
/// (docs/numerics.md).
struct ResidualGruNetwork {
  int32_t hidden;
  int32_t mels;
  int32_t aux_sizes[4];
  int32_t
      mixtures;   ///< components of the logistic mixture, and then C = 3 * mixtures; 0: categorical
  int32_t draws;  ///< uniforms that a sample takes: 1, or mixtures + 1
  const float* sample_weights;  ///< [R]
  PackedMatrix mel_weight;      ///< [R, M]
  AffineLayer input_aux;        ///< [R, A1]
  AffineLayer gru1_input;       ///< [3R, R]
  AffineLayer gru1_recurrent;   ///< [3R, R]
  PackedMatrix gru2_input;      ///< [3R, R]
  AffineLayer gru2_aux;         ///< [3R, A2]
  AffineLayer gru2_recurrent;   ///< [3R, R]
  PackedMatrix fc1;             ///< [D1, R]
  AffineLayer fc1_aux;          ///< [D1, A3]
  PackedMatrix fc2;             ///< [D2, D1]
  AffineLayer fc2_aux;          ///< [D2, A4]
  AffineLayer output;           ///< [C, D2]
};

/// One sequence of T samples. Pointers need no alignment and do not overlap.
struct ResidualGruRow {
  int64_t samples;            ///< T; at most frames * samples_per_frame
  int64_t samples_per_frame;  ///< positive
  float temperature;          ///< positive and finite; generate only
  const float* mels;          ///< [T, M]
  const float* aux;           ///< [F, A1 + A2 + A3 + A4]
  const float* uniforms;      ///< [T, draws]; generate only
  const float* given;         ///< [T]; score only
  float* audio;               ///< [T]; generate only
  float* logits;              ///< [T, C]; score only
  float* previous;            ///< [1]; read, and left for the next call
  float* state;               ///< [2R] GRU 1, then GRU 2; read, and left for the next call
};

/// Floats of scratch that one running row needs.
inline size_t residual_gru_scratch(const ResidualGruNetwork& network) {
  const size_t hidden = static_cast<size_t>(network.hidden);
  const size_t rows1 = static_cast<size_t>(network.fc1.rows);
  const size_t rows2 = static_cast<size_t>(network.fc2.rows);
  return 11 * hidden + 2 * rows1 + 2 * rows2 + static_cast<size_t>(network.output.weight.rows);
}

/// 32-bit integers of scratch that one running row needs.
inline size_t residual_gru_integer_scratch(const ResidualGruNetwork& network) {
  return static_cast<size_t>(network.output.weight.rows);
}

}  // namespace wavebridge

#endif  // WAVEBRIDGE_RESIDUAL_GRU_H_
