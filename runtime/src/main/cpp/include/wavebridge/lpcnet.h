#ifndef WAVEBRIDGE_LPCNET_H_
#define WAVEBRIDGE_LPCNET_H_

#include "wavebridge/matrices.h"
#include "wavebridge/packed_int8.h"

namespace wavebridge {

/// Classes of a mu-law value.
inline constexpr int32_t kMuLawClasses = 256;
/// Coefficients of a linear prediction.
inline constexpr int32_t kPredictionOrder = 16;
/// Decisions of a tree over the classes.
inline constexpr int32_t kTreeDecisions = 8;

/// The matrices of LPCNet: H units in the first GRU, M in the second. Gates r, z, n.
template <typename Kept>
struct LpcNetMatrices {
  typename Kept::LargeLayer recurrent;         ///< [3H, H], less the diagonals of the gates
  typename Kept::LargeWeight second_input;     ///< [3M, H]
  typename Kept::LargeLayer second_recurrent;  ///< [3M, M]
  typename Kept::Layer dual_dense;             ///< [512, M]: the two channels of output k at 2k

  /// Calls `read(matrix, rows, columns)` for each in the order of the operators' inputs, which
  /// follow their `sample_weights`; it returns the rows that it found.
  template <typename Read>
  void each(int64_t hidden, const Read& read) {
    const Extent columns = {"H", hidden};
    read(recurrent, Extent{"3H", 3 * hidden}, columns);
    const int64_t gates = read(second_input, Extent{"3M", kAnySize}, columns);
    const Extent second = {"M", gates / 3};
    read(second_recurrent, Extent{"3M", gates / 3 * 3}, second);
    read(dual_dense, Extent{"512", 2 * kMuLawClasses}, second);
  }
};

/// The network as the kernels of the CPU read it. A sequence has by frame 3H + 3M + 17 values: the
/// inputs of both GRUs' gates, the coefficients of the prediction, and a factor of the logits. A
/// sample takes 8 uniforms or 1, and 256 logits; before it there are 17 values, the last 16
/// samples, the newest first, and the class of the last excitation; the state is H + M.
template <typename Matrix>
struct LpcNetNetworkOf : LpcNetMatrices<Packed<Matrix>> {
  int32_t hidden;
  int32_t second;
  const float* tables;  ///< [768, 3H]: for the class of the sample, the prediction, the excitation
  const float* diagonal;      ///< [3H]: what a unit of the first state adds to its own gates
  const float* factor;        ///< [512], of the channels of the outputs
  const float* class_values;  ///< [256]; generate only
  const float* thresholds;    ///< [256], of the decisions of a tree; null for a softmax
};
using LpcNetNetwork = LpcNetNetworkOf<PackedMatrix>;
using LpcNetInt8Network = LpcNetNetworkOf<PackedInt8Matrix>;

/// The linear prediction of frames, from the energies of bands.
struct LinearPrediction {
  int32_t bands;                 ///< B
  const float* autocorrelation;  ///< [17, B]
  float noise_floor;             ///< positive
  float gamma;
};
/// Bands, at most.
inline constexpr int64_t kMostPredictionBands = 1024;

}  // namespace wavebridge

#endif  // WAVEBRIDGE_LPCNET_H_
