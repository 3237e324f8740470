#ifndef WAVEBRIDGE_RESIDUAL_GRU_H_
#define WAVEBRIDGE_RESIDUAL_GRU_H_

#include "wavebridge/head.h"
#include "wavebridge/packed_int8.h"

namespace wavebridge {

/// The sizes of a residual GRU network that its matrices do not tell.
struct ResidualGruSizes {
  int32_t hidden;        ///< R
  int32_t mels;          ///< M
  int32_t aux_sizes[4];  ///< A1..A4
};

/// The matrices of the residual two-GRU step network, with D1 and D2 rows in the two hidden layers.
/// A matrix without a bias of its own takes its bias from the frame (docs/numerics.md).
template <typename Kept>
struct ResidualGruMatrices {
  typename Kept::Weight mel_weight;          ///< [R, M]
  typename Kept::Layer input_aux;            ///< [R, A1]
  typename Kept::LargeLayer gru1_input;      ///< [3R, R]
  typename Kept::LargeLayer gru1_recurrent;  ///< [3R, R]
  typename Kept::LargeWeight gru2_input;     ///< [3R, R]
  typename Kept::Layer gru2_aux;             ///< [3R, A2]
  typename Kept::LargeLayer gru2_recurrent;  ///< [3R, R]
  typename Kept::LargeWeight fc1;            ///< [D1, R]
  typename Kept::Layer fc1_aux;              ///< [D1, A3]
  typename Kept::LargeWeight fc2;            ///< [D2, D1]
  typename Kept::Layer fc2_aux;              ///< [D2, A4]
  typename Kept::LargeLayer output;          ///< [C, D2]

  /// Calls `read(matrix, rows, columns)` for each in the order of the operators' inputs, which
  /// follow their `sample_weights`; it returns the rows that it found.
  template <typename Read>
  void each(const ResidualGruSizes& sizes, const Extent& outputs, const Read& read) {
    const Extent columns = {"R", sizes.hidden}, gates = {"3R", int64_t{3} * sizes.hidden};
    read(mel_weight, columns, Extent{"M", sizes.mels});
    read(input_aux, columns, Extent{"A1", sizes.aux_sizes[0]});
    read(gru1_input, gates, columns);
    read(gru1_recurrent, gates, columns);
    read(gru2_input, gates, columns);
    read(gru2_aux, gates, Extent{"A2", sizes.aux_sizes[1]});
    read(gru2_recurrent, gates, columns);
    const Extent rows1 = {"D1", read(fc1, Extent{"D1", kAnySize}, columns)};
    read(fc1_aux, rows1, Extent{"A3", sizes.aux_sizes[2]});
    const Extent rows2 = {"D2", read(fc2, Extent{"D2", kAnySize}, rows1)};
    read(fc2_aux, rows2, Extent{"A4", sizes.aux_sizes[3]});
    read(output, outputs, rows2);
  }
};

/// The network as the kernels of the CPU read it. A sequence has M values by sample and A1 + A2 +
/// A3 + A4 by frame, the head's uniforms and C logits a sample, one value before it, and a state of
/// 2R: GRU 1, then GRU 2. With B bands a step makes a sample of each: there are M values by step, B
/// values before it, and B C outputs, those of a band next to each other.
template <typename Matrix>
struct ResidualGruNetworkOf : ResidualGruSizes, ResidualGruMatrices<Packed<Matrix>> {
  const float* sample_weights;  ///< [B, R]
  int32_t bands = 1;            ///< B
  Head head;

  /// Outputs of the head for one sample.
  constexpr int32_t outputs_of_band() const { return this->output.weight.rows / bands; }
};
using ResidualGruNetwork = ResidualGruNetworkOf<PackedMatrix>;
using ResidualGruInt8Network = ResidualGruNetworkOf<PackedInt8Matrix>;

}  // namespace wavebridge

#endif  // WAVEBRIDGE_RESIDUAL_GRU_H_
