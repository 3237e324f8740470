#ifndef WAVEBRIDGE_CUDA_HOST_CONTEXT_H_
#define WAVEBRIDGE_CUDA_HOST_CONTEXT_H_

#include <optional>

#include "host/affine.h"

namespace wavebridge::cuda {

/// The context network of a subscale utterance, and its schedule.
class Context {
 public:
  /// A context enters the step through a weight of `rows` rows.
  Context(const Subscale& subscale, const ConstantReader& reader, int64_t rows,
          cudaStream_t stream);

  bool none() const { return spec_.layers.empty(); }
  /// Steps whose contexts are computed at once, at most: a row's own samples
  /// are only known step by step.
  int64_t steps_at_once(const int64_t (&schedule)[4]) const;

  /// The schedule of a call from its first step on; steps after the last sample
  /// are left out. Throws Refused where it makes or reads what is not at hand.
  Schedule schedule(const SubscaleCall& call) const;
  /// That of some of its steps.
  static Schedule part(const Schedule& all, int64_t first, int64_t steps);

  /// Floats that `run` needs.
  int64_t workspace(int64_t rows, int64_t steps) const;
  /// `y [rows, steps, ...]`: the contexts' products and a bias.
  Result run(const Schedule& schedule, int64_t rows, const float* audio, const float* bias,
             Which bias_of, float* y, float* workspace, cudaStream_t stream) const;

 private:
  SubscaleSpec spec_;
  runtime::Memory weights_;  ///< weight and bias of each layer
  std::optional<Affine> input_;
};

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_HOST_CONTEXT_H_
