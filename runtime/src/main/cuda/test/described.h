#ifndef WAVEBRIDGE_CUDA_TEST_DESCRIBED_H_
#define WAVEBRIDGE_CUDA_TEST_DESCRIBED_H_

#include "test/context_model.h"
#include "test/weights.h"
#include "wavebridge_cuda/launch.h"

namespace wavebridge::test {

/// Random networks (test/weights.h) as the GPU's operators are given them.

cuda::Weight described(const TestWeight& weight);
cuda::Layer described(const TestWeight& weight, const std::vector<float>& bias);

/// Points into the model, which stays where it is.
struct DescribedDual {
  explicit DescribedDual(const DualModel& model, int samples_per_frame);
  std::vector<float> sample_weights;  ///< [3H, 3]
  cuda::DualSoftmax network;
};
struct DescribedResidual {
  explicit DescribedResidual(const ResidualModel& model, int samples_per_frame);
  cuda::ResidualGru network;
};
struct DescribedContext {
  DescribedContext(const ContextModel& model, int horizon);
  std::vector<float> weights;
  cuda::Subscale subscale;
};

}  // namespace wavebridge::test

#endif  // WAVEBRIDGE_CUDA_TEST_DESCRIBED_H_
