#ifndef WAVEBRIDGE_SUBSCALE_H_
#define WAVEBRIDGE_SUBSCALE_H_

#include "wavebridge/packed_matrix.h"

namespace wavebridge {

/// Rows of a subscale utterance, and layers of a context network, at most.
inline constexpr int kMostSubscaleRows = 64;
inline constexpr int kMostContextLayers = 32;

/// A causal dilated convolution over the times of a row, without its weights.
struct ContextLayerSize {
  int32_t inputs;    ///< positive
  int32_t outputs;   ///< positive
  int32_t kernel;    ///< positive
  int32_t dilation;  ///< positive
  bool relu;

  /// Columns of its weight `[outputs, kernel * inputs]`, those of the oldest tap first.
  int64_t columns() const { return int64_t{kernel} * inputs; }
  /// Times between an output and the oldest input that it depends on.
  int64_t reach() const { return int64_t{kernel - 1} * dilation; }
};
struct ContextLayer : ContextLayerSize {
  AffineLayer affine;
};

/// The samples of the rows before them that rows see (docs/numerics.md). Without layers they see
/// nothing.
struct ContextNetwork {
  int32_t layer_count;
  ContextLayer layers[kMostContextLayers];
  bool own_past;       ///< channel 0 is the row's own sample before
  PackedMatrix input;  ///< [3H, X], or [R, X] of a residual GRU network

  /// Times between a context and the oldest sample that it depends on.
  int64_t reach() const {
    int64_t sum = 0;
    for (int32_t i = 0; i < layer_count; i++) sum += layers[i].reach();
    return sum;
  }
};

/// Steps of the schedule of one utterance, of which a window is at hand. In step n row s of B makes
/// sample `B * (n - s * lag) + s`, if n has come to `s * lag` and the sample lies before the
/// window's end. In the window lies every sample that the steps make, and every one from time 0 on
/// that is within reach of their contexts.
struct SubscaleWindow {
  int64_t horizon;       ///< not negative
  int64_t lag;           ///< above the horizon
  int64_t first_sample;  ///< a multiple of B
  int64_t begin;         ///< first step of the call, and the end of its steps
  int64_t end;
  int64_t step;   ///< the first to be taken now; at `begin` what later steps read is prepared
  int64_t count;  ///< steps to be taken now
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_SUBSCALE_H_
