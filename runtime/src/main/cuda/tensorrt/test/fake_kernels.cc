#include "test/fakes.h"

namespace wavebridge::test {

FakeKernels& kernels() {
  static FakeKernels state;
  return state;
}

namespace {

class FakeSequence final : public cuda::PreparedSequence {
 public:
  cuda::Layout layout() const noexcept override { return {}; }
  size_t workspace(int64_t rows, int64_t samples, int64_t frames) const noexcept override {
    return static_cast<size_t>(rows * samples + frames);
  }
  cuda::Result launch(const cuda::SequenceCall& call, void* workspace,
                      cudaStream_t) const noexcept override {
    kernels().launched++;
    kernels().call = call;
    kernels().workspace = workspace;
    return kernels().answer;
  }
};

class FakeGemm final : public cuda::PreparedGemm {
 public:
  cuda::Result launch(const float*, float*, int64_t batch, cudaStream_t) const noexcept override {
    kernels().launched++;
    kernels().batch = batch;
    return kernels().answer;
  }
};

class FakeUpsampling final : public cuda::PreparedUpsampling {
 public:
  cuda::Result launch(const float*, float*, int64_t rows, int64_t given, int64_t,
                      cudaStream_t) const noexcept override {
    kernels().launched++;
    kernels().batch = rows;
    kernels().given = given;
    return kernels().answer;
  }
};

template <typename Fake, typename Prepared>
cuda::Result prepare(const cuda::Options& options, std::unique_ptr<Prepared>& prepared) {
  kernels().prepared++;
  kernels().options = options;
  prepared = std::make_unique<Fake>();
  return {};
}

}  // namespace
}  // namespace wavebridge::test

namespace wavebridge::cuda {

using namespace wavebridge::test;

Result prepare(const DualSoftmax& network, const Options& options, const char*, cudaStream_t,
               std::unique_ptr<PreparedSequence>& prepared) noexcept {
  kernels().dual = network;
  return test::prepare<FakeSequence>(options, prepared);
}
Result prepare(const ResidualGru& network, const Options& options, const char*, cudaStream_t,
               std::unique_ptr<PreparedSequence>& prepared) noexcept {
  kernels().residual = network;
  return test::prepare<FakeSequence>(options, prepared);
}
Result prepare(const BlockSparseGemm& gemm, const Options& options, const char*, cudaStream_t,
               std::unique_ptr<PreparedGemm>& prepared) noexcept {
  kernels().gemm = gemm;
  return test::prepare<FakeGemm>(options, prepared);
}
Result prepare(const UpsampleFrames& stage, const Options& options, const char*, cudaStream_t,
               std::unique_ptr<PreparedUpsampling>& prepared) noexcept {
  kernels().upsampling = stage;
  return test::prepare<FakeUpsampling>(options, prepared);
}
Result launch(const InterpolateFrames& stage, const float*, float*, int64_t rows, int64_t frames,
              int64_t, cudaStream_t) noexcept {
  kernels().interpolation = stage;
  kernels().launched++;
  kernels().batch = rows;
  kernels().given = frames;
  return kernels().answer;
}

}  // namespace wavebridge::cuda
