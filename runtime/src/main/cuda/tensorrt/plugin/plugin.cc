#include "plugin/plugin.h"

#include <string>

#include "plugin/device.h"
#include "plugin/failure.h"

namespace wavebridge::tensorrt {

using namespace nvinfer1;

namespace {

constexpr int32_t kDone = 0;
constexpr int32_t kFailed = -1;

size_t bytes_of(const Tensor& tensor, const Sizes& sizes) {
  size_t bytes = 4;  // Every output has elements of 4 bytes.
  for (const Axis& axis : tensor.axes) {
    bytes *= static_cast<size_t>(axis.letter == 0 ? axis.size : sizes.of(axis.letter));
  }
  return bytes;
}

}  // namespace

Plugin::Plugin(const char* name, TensorRTPhase phase, std::unique_ptr<Operator> op)
    : name_(name), phase_(phase), op_(std::move(op)) {}

IPluginCapability* Plugin::getCapabilityInterface(PluginCapabilityType type) noexcept {
  switch (type) {
    case PluginCapabilityType::kCORE:
      return static_cast<IPluginV3OneCore*>(this);
    case PluginCapabilityType::kBUILD:
      return static_cast<IPluginV3OneBuild*>(this);
    case PluginCapabilityType::kRUNTIME:
      return static_cast<IPluginV3OneRuntime*>(this);
  }
  return nullptr;
}

IPluginV3* Plugin::clone() noexcept {
  return guarded<IPluginV3*>(name_, nullptr,
                             [&] { return new Plugin(name_, phase_, op_->copy()); });
}

IPluginV3* Plugin::attachToContext(IPluginResourceContext*) noexcept { return clone(); }

const PluginFieldCollection* Plugin::getFieldsToSerialize() noexcept {
  return op_->fields().serialised();
}

int32_t Plugin::getNbOutputs() const noexcept {
  return static_cast<int32_t>(op_->signature().outputs.size());
}

int32_t Plugin::getOutputDataTypes(DataType* types, int32_t outputs, const DataType*,
                                   int32_t inputs) const noexcept {
  return guarded(name_, kFailed, [&] {
    op_->signature().check_counts(inputs, outputs);
    for (int32_t i = 0; i < outputs; ++i) {
      types[i] = op_->signature().outputs[static_cast<size_t>(i)].type;
    }
    return kDone;
  });
}

int32_t Plugin::getOutputShapes(const DimsExprs* in, int32_t inputs, const DimsExprs*, int32_t,
                                DimsExprs* out, int32_t outputs, IExprBuilder& builder) noexcept {
  return guarded(name_, kFailed, [&] {
    const Signature& signature = op_->signature();
    signature.check_counts(inputs, outputs);
    for (int32_t i = 0; i < outputs; ++i) {
      const Tensor& tensor = signature.outputs[static_cast<size_t>(i)];
      out[i].nbDims = static_cast<int32_t>(tensor.axes.size());
      for (size_t axis = 0; axis < tensor.axes.size(); ++axis) {
        if (tensor.axes[axis].letter == 0) {
          out[i].d[axis] = builder.constant(tensor.axes[axis].size);
        } else if (tensor.axes[axis].letter == signature.derived.letter) {
          const Derived& derived = signature.derived;
          const auto [input, from] = signature.source(derived.from);
          const IDimensionExpr* product = builder.operation(
              DimensionOperation::kPROD, *in[input].d[from], *builder.constant(derived.factor));
          out[i].d[axis] = builder.operation(DimensionOperation::kSUB, *product,
                                             *builder.constant(derived.less));
        } else {
          const auto [input, from] = signature.source(tensor.axes[axis].letter);
          out[i].d[axis] = in[input].d[from];
        }
      }
    }
    return kDone;
  });
}

bool Plugin::supportsFormatCombination(int32_t position, const DynamicPluginTensorDesc* all,
                                       int32_t inputs, int32_t outputs) noexcept {
  return guarded(name_, false, [&] {
    op_->signature().check_counts(inputs, outputs);
    const PluginTensorDesc& found = all[position].desc;
    return found.format == TensorFormat::kLINEAR &&
           found.type == op_->signature().at(position).type;
  });
}

int32_t Plugin::configurePlugin(const DynamicPluginTensorDesc* in, int32_t inputs,
                                const DynamicPluginTensorDesc*, int32_t outputs) noexcept {
  return guarded(name_, kFailed, [&] {
    op_->signature().check_counts(inputs, outputs);
    std::vector<const Dims*> shapes;
    std::vector<const Dims*> most;
    for (int32_t i = 0; i < inputs; ++i) {
      shapes.push_back(&in[i].desc.dims);
      most.push_back(&in[i].max);
    }
    op_->signature().sizes(shapes);
    const int64_t rows = op_->signature().sizes(most).of('N');
    if (rows > op_->most_rows()) {
      throw Failure("expected at most " + std::to_string(op_->most_rows()) + " rows, found " +
                    std::to_string(rows));
    }
    return kDone;
  });
}

Sizes Plugin::sizes(const PluginTensorDesc* in) const {
  std::vector<const Dims*> shapes;
  for (size_t i = 0; i < op_->signature().inputs.size(); ++i) {
    shapes.push_back(&in[i].dims);
  }
  Sizes found = op_->signature().sizes(shapes);
  if (found.of('N') > op_->most_rows()) {
    throw Failure("expected at most " + std::to_string(op_->most_rows()) + " rows, found " +
                  std::to_string(found.of('N')));
  }
  return found;
}

int32_t Plugin::onShapeChange(const PluginTensorDesc* in, int32_t inputs, const PluginTensorDesc*,
                              int32_t outputs) noexcept {
  return guarded(name_, kFailed, [&] {
    op_->signature().check_counts(inputs, outputs);
    sizes(in);
    return kDone;
  });
}

int32_t Plugin::enqueue(const PluginTensorDesc* in_desc, const PluginTensorDesc*,
                        const void* const* in, void* const* out, void*,
                        cudaStream_t stream) noexcept {
  return guarded(name_, kFailed, [&] {
    const Sizes found = sizes(in_desc);
    if (phase_ == TensorRTPhase::kRUNTIME || op_->takes_any_values()) {
      op_->run(found, in, out, stream);
    } else {
      for (size_t i = 0; i < op_->signature().outputs.size(); ++i) {
        fill_with_zeros(out[i], bytes_of(op_->signature().outputs[i], found), stream);
      }
    }
    return kDone;
  });
}

}  // namespace wavebridge::tensorrt
