#ifndef WAVEBRIDGE_DUAL_SOFTMAX_H_
#define WAVEBRIDGE_DUAL_SOFTMAX_H_

#include "wavebridge/matrices.h"
#include "wavebridge/packed_int8.h"

namespace wavebridge {

/// Classes of each of the two distributions.
inline constexpr int kDualClasses = 256;

/// The sizes of a dual-softmax network that its matrices do not tell.
struct DualSoftmaxSizes {
  int32_t hidden;             ///< H, even
  int32_t conditioning_size;  ///< E
};

/// The matrices of the dual-softmax step network: H hidden, E conditioning values a frame. Gates r,
/// z, n; coarse half first.
template <typename Kept>
struct DualSoftmaxMatrices {
  typename Kept::Layer conditioning;        ///< [3H, E]
  typename Kept::LargeLayer recurrent;      ///< [3H, H]
  typename Kept::LargeLayer coarse_hidden;  ///< [D, H/2]
  typename Kept::LargeLayer coarse_output;  ///< [256, D]
  typename Kept::LargeLayer fine_hidden;    ///< [D', H/2]
  typename Kept::LargeLayer fine_output;    ///< [256, D']

  /// Calls `read(matrix, rows, columns)` for each in the order of the operators' inputs, which
  /// follow their `sample_weights`; it returns the rows that it found.
  template <typename Read>
  void each(const DualSoftmaxSizes& sizes, const Read& read) {
    const int64_t hidden = sizes.hidden;
    const Extent gates = {"3H", 3 * hidden}, half = {"H/2", hidden / 2};
    const Extent classes = {"", kDualClasses};
    read(conditioning, gates, Extent{"E", sizes.conditioning_size});
    read(recurrent, gates, Extent{"H", hidden});
    const int64_t coarse_rows = read(coarse_hidden, Extent{"D", kAnySize}, half);
    read(coarse_output, classes, Extent{"D", coarse_rows});
    const int64_t fine_rows = read(fine_hidden, Extent{"D'", kAnySize}, half);
    read(fine_output, classes, Extent{"D'", fine_rows});
  }
};

/// The network as the kernels of the CPU read it. A sequence has by frame E values, two uniforms
/// and two distributions of logits a sample, two values of c and f before it, and a state of H.
template <typename Matrix>
struct DualSoftmaxNetworkOf : DualSoftmaxSizes, DualSoftmaxMatrices<Packed<Matrix>> {
  const float* coarse_weights;  ///< [3H] for c_{t-1}
  const float* fine_weights;    ///< [3H] for f_{t-1}
  const float* new_weights;     ///< [3H] for c_t; the coarse half of each gate is not read
};
using DualSoftmaxNetwork = DualSoftmaxNetworkOf<PackedMatrix>;
using DualSoftmaxInt8Network = DualSoftmaxNetworkOf<PackedInt8Matrix>;

}  // namespace wavebridge

#endif  // WAVEBRIDGE_DUAL_SOFTMAX_H_
