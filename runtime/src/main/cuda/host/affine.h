#ifndef WAVEBRIDGE_CUDA_HOST_AFFINE_H_
#define WAVEBRIDGE_CUDA_HOST_AFFINE_H_

#include "host/image.h"
#include "kernels/arguments.h"

namespace wavebridge::cuda {

/// A layer outside the sample path, on the device.
class Affine {
 public:
  Affine() = default;
  Affine(const HostLayer& layer, cudaStream_t stream);

  int64_t inputs() const { return inputs_; }
  int64_t outputs() const { return outputs_; }

  /// `y[i] = W x[i] + bias` for `vectors` vectors, `stride` floats from one to the next; the
  /// layer's own bias.
  Result run(const float* x, int64_t stride, float* y, int64_t vectors, cudaStream_t stream) const;
  /// The same for rows and steps of a schedule, with a bias of `bias_of`.
  Result run(const float* x, Which x_of, const float* bias, Which bias_of, float* y,
             const Schedule& schedule, int64_t rows, cudaStream_t stream) const;

 private:
  Result launch(AffineArguments arguments, cudaStream_t stream) const;

  int64_t inputs_ = 0, outputs_ = 0, panels_ = 0;
  runtime::Memory image_, bias_;
};

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_HOST_AFFINE_H_
