#ifndef WAVEBRIDGE_TENSORRT_TEST_FAKES_H_
#define WAVEBRIDGE_TENSORRT_TEST_FAKES_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "abi/tensorrt_abi.h"
#include "wavebridge_cuda/launch.h"

// TensorRT and the kernels as the plugins see them, in host memory.

namespace wavebridge::test {

/// The calls that the kernels got, and the answers that they are to give.
struct FakeKernels {
  int prepared = 0;
  int launched = 0;
  cuda::Options options;
  cuda::DualSoftmax dual;
  cuda::ResidualGru residual;
  cuda::BlockSparseGemm gemm;
  cuda::SequenceCall call;
  cuda::UpsampleFrames upsampling;
  cuda::InterpolateFrames interpolation;
  int64_t batch = 0;
  int64_t given = 0;
  void* workspace = nullptr;
  cuda::Result answer;
};
FakeKernels& kernels();

/// Collects what the plugins log.
class Log : public nvinfer1::ILogger, public nvinfer1::ILoggerFinder {
 public:
  void log(Severity, const char* message) noexcept override { text += message; }
  nvinfer1::ILogger* findLogger() override { return this; }
  std::string taken();

 private:
  std::string text;
};

/// A dimension expression: a number, or a letter.
class Expression : public nvinfer1::IDimensionExpr, public nvinfer1::apiv::VDimensionExpr {
 public:
  Expression(std::string shown, int64_t number);
  bool isConstant() const override { return value >= 0; }
  int64_t getConstantValue() const override { return value; }
  bool isSizeTensor() const override { return false; }

  std::string text;
  int64_t value;
};

/// Makes expressions and keeps them.
class ExpressionBuilder : public nvinfer1::IExprBuilder, public nvinfer1::apiv::VExprBuilder {
 public:
  ExpressionBuilder();
  const nvinfer1::IDimensionExpr* constant(int64_t value) override;
  const nvinfer1::IDimensionExpr* operation(nvinfer1::DimensionOperation,
                                            const nvinfer1::IDimensionExpr&,
                                            const nvinfer1::IDimensionExpr&) override;
  const nvinfer1::IDimensionExpr* declareSizeTensor(int32_t, const nvinfer1::IDimensionExpr&,
                                                    const nvinfer1::IDimensionExpr&) override;
  const nvinfer1::IDimensionExpr* symbol(const std::string& text);

 private:
  std::vector<std::unique_ptr<Expression>> made;
};

/// The attributes of a node under construction.
class NodeFields {
 public:
  NodeFields& with(const std::string& name, std::vector<int32_t> values);
  NodeFields& with_floats(const std::string& name, std::vector<float> values);
  NodeFields& without(const std::string& name);
  const nvinfer1::PluginFieldCollection* get();

 private:
  std::map<std::string, std::vector<int32_t>> whole;
  std::map<std::string, std::vector<float>> floats;
  std::vector<nvinfer1::PluginField> views;
  nvinfer1::PluginFieldCollection collection{0, nullptr};
};

nvinfer1::IPluginCreatorV3One* creator(const std::string& name);
nvinfer1::Dims dims(const std::vector<int64_t>& sizes);

/// One plugin by its capabilities; owns it.
struct Made {
  explicit Made(nvinfer1::IPluginV3* plugin);
  std::unique_ptr<nvinfer1::IPluginV3> plugin;
  nvinfer1::IPluginV3OneCore* core;
  nvinfer1::IPluginV3OneBuild* build;
  nvinfer1::IPluginV3OneRuntime* runtime;
};

}  // namespace wavebridge::test

extern "C" nvinfer1::IPluginCreatorInterface* const* getCreators(int32_t& count) noexcept;
extern "C" void setLoggerFinder(nvinfer1::ILoggerFinder* finder) noexcept;

#endif  // WAVEBRIDGE_TENSORRT_TEST_FAKES_H_
