// The operators for WebAssembly, behind plain functions: a node is made, told its attributes and
// constant inputs, and opened; then it is run as often as its program wants. What is given and what
// is taken lies in the memory of the module. No exception leaves a function of this file.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "ort/operator.h"

#define WB_EXPORT(name) extern "C" __attribute__((export_name(#name)))

using wavebridge::ort::Kernel;
using wavebridge::ort::KernelKind;

namespace wavebridge {
extern const Kernels wb_kernels__simd128;
}

// The part of ONNX Runtime that the operators ask for.

struct OrtStatus {
  std::string message;
};
struct OrtValue {
  ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
  std::vector<int64_t> shape;
  void* data = nullptr;
};
struct OrtKernelInfo {
  std::string name;
  std::map<std::string, std::vector<int64_t>> integers;
  std::map<std::string, std::vector<float>> numbers;
  std::map<size_t, OrtValue> constants;
};
struct OrtKernelContext {
  std::map<size_t, OrtValue> inputs;
  struct Output : OrtValue {
    std::vector<float> values;
  };
  std::map<size_t, Output> outputs;
};

namespace {

OrtStatus* status(const std::string& message) { return new OrtStatus{message}; }

/// An attribute of one value, or of several.
template <typename Value>
OrtStatus* attribute(const std::map<std::string, std::vector<Value>>& of, const char* name,
                     Value* out) {
  const auto found = of.find(name);
  if (found == of.end() || found->second.size() != 1) return status("no such attribute");
  *out = found->second[0];
  return nullptr;
}
template <typename Value>
OrtStatus* attributes(const std::map<std::string, std::vector<Value>>& of, const char* name,
                      Value* out, size_t* size) {
  const auto found = of.find(name);
  if (found == of.end()) return status("no such attribute");
  *size = found->second.size();
  if (out != nullptr) std::copy(found->second.begin(), found->second.end(), out);
  return nullptr;
}

const OrtValue& value_of(const OrtTensorTypeAndShapeInfo* info) {
  return *reinterpret_cast<const OrtValue*>(info);
}

OrtApi make_api() {
  OrtApi api{};
  api.CreateStatus = [](OrtErrorCode, const char* message) { return status(message); };
  api.GetErrorMessage = [](const OrtStatus* of) { return of->message.c_str(); };
  api.ReleaseStatus = [](OrtStatus* of) { delete of; };
  api.GetTensorTypeAndShape = [](const OrtValue* of, OrtTensorTypeAndShapeInfo** out) {
    *out = reinterpret_cast<OrtTensorTypeAndShapeInfo*>(const_cast<OrtValue*>(of));
    return static_cast<OrtStatus*>(nullptr);
  };
  api.ReleaseTensorTypeAndShapeInfo = [](OrtTensorTypeAndShapeInfo*) {};
  api.GetTensorElementType = [](const OrtTensorTypeAndShapeInfo* of,
                                ONNXTensorElementDataType* out) {
    *out = value_of(of).type;
    return static_cast<OrtStatus*>(nullptr);
  };
  api.GetDimensionsCount = [](const OrtTensorTypeAndShapeInfo* of, size_t* out) {
    *out = value_of(of).shape.size();
    return static_cast<OrtStatus*>(nullptr);
  };
  api.GetDimensions = [](const OrtTensorTypeAndShapeInfo* of, int64_t* out, size_t count) {
    std::copy_n(value_of(of).shape.begin(), count, out);
    return static_cast<OrtStatus*>(nullptr);
  };
  api.GetTensorMutableData = [](OrtValue* of, void** out) {
    *out = of->data;
    return static_cast<OrtStatus*>(nullptr);
  };
  api.KernelInfoGetAttribute_float = [](const OrtKernelInfo* of, const char* name, float* out) {
    return attribute(of->numbers, name, out);
  };
  api.KernelInfoGetAttribute_int64 = [](const OrtKernelInfo* of, const char* name, int64_t* out) {
    return attribute(of->integers, name, out);
  };
  api.KernelInfoGetAttributeArray_float = [](const OrtKernelInfo* of, const char* name, float* out,
                                             size_t* size) {
    return attributes(of->numbers, name, out, size);
  };
  api.KernelInfoGetAttributeArray_int64 = [](const OrtKernelInfo* of, const char* name,
                                             int64_t* out, size_t* size) {
    return attributes(of->integers, name, out, size);
  };
  api.KernelInfo_GetNodeName = [](const OrtKernelInfo* of, char* out, size_t* size) {
    *size = of->name.size() + 1;
    if (out != nullptr) std::copy_n(of->name.c_str(), *size, out);
    return static_cast<OrtStatus*>(nullptr);
  };
  api.KernelInfoGetConstantInput_tensor = [](const OrtKernelInfo* of, size_t index,
                                             int* is_constant, const OrtValue** out) {
    const auto found = of->constants.find(index);
    *is_constant = found != of->constants.end();
    *out = *is_constant != 0 ? &found->second : nullptr;
    return static_cast<OrtStatus*>(nullptr);
  };
  api.KernelContext_GetInput = [](const OrtKernelContext* of, size_t index, const OrtValue** out) {
    const auto found = of->inputs.find(index);
    *out = found == of->inputs.end() ? nullptr : &found->second;
    return static_cast<OrtStatus*>(nullptr);
  };
  api.KernelContext_GetOutput = [](OrtKernelContext* of, size_t index, const int64_t* shape,
                                   size_t count, OrtValue** out) {
    OrtKernelContext::Output& output = of->outputs[index];
    output.shape.assign(shape, shape + count);
    size_t size = 1;
    for (const int64_t each : output.shape) size *= static_cast<size_t>(each);
    output.values.resize(size);
    output.data = output.values.data();
    *out = &output;
    return static_cast<OrtStatus*>(nullptr);
  };
  api.KernelContext_ParallelFor = [](const OrtKernelContext*, void (*run)(void*, size_t),
                                     size_t total, size_t, void* data) {
    for (size_t i = 0; i < total; i++) run(data, i);
    return static_cast<OrtStatus*>(nullptr);
  };
  return api;
}
const OrtApi kApi = make_api();

/// What the function that failed last has to say.
std::string& error() {
  static std::string message;
  return message;
}

/// Runs `body`; false if it threw.
template <typename Body>
bool succeeds(const Body& body) noexcept {
  try {
    body();
    return true;
  } catch (const std::bad_alloc&) {
    error() = "no memory is left";
  } catch (const std::exception& e) {
    error() = e.what();
  } catch (...) {
    error() = "unknown failure in the WaveBridge operators";
  }
  return false;
}

}  // namespace

/// A node of a graph.
struct Node {
  KernelKind kind;
  OrtKernelInfo info;
  OrtKernelContext context;
  std::unique_ptr<Kernel> kernel;
  std::vector<int64_t> described;
};

/// What the function that failed last has to say; valid until another is called.
WB_EXPORT(wb_error) const char* wb_error() { return error().c_str(); }

/// Memory for what is given to a function.
WB_EXPORT(wb_allocate) void* wb_allocate(size_t bytes) { return std::malloc(bytes); }
WB_EXPORT(wb_free) void wb_free(void* memory) { std::free(memory); }

/// A node with an operator of the domain `org.wavebridge`, which lives as long as the module; null
/// if there is no such operator.
WB_EXPORT(wb_node) Node* wb_node(const char* op, const char* name) {
  std::unique_ptr<Node> node;
  const bool made = succeeds([&] {
    for (KernelKind& kind : wavebridge::ort::all_operators()) {
      if (kind.name != op) continue;
      node = std::make_unique<Node>();
      node->kind = std::move(kind);
      node->info.name = name;
      return;
    }
    throw wavebridge::ort::Refused(std::string("no operator '") + op + "'");
  });
  return made ? node.release() : nullptr;
}
/// How many inputs a run takes; the constant ones come behind them.
WB_EXPORT(wb_node_inputs) size_t wb_node_inputs(const Node* node) {
  return wavebridge::ConstantRows(spec_of(node->kind)).index();
}

/// Gives an attribute: integers, one or several.
WB_EXPORT(wb_node_integers)
bool wb_node_integers(Node* node, const char* name, const int64_t* values, size_t count) {
  return succeeds([&] { node->info.integers[name].assign(values, values + count); });
}
/// Gives an attribute: floats, one or several.
WB_EXPORT(wb_node_numbers)
bool wb_node_numbers(Node* node, const char* name, const float* values, size_t count) {
  return succeeds([&] { node->info.numbers[name].assign(values, values + count); });
}

/// Gives a tensor of an ONNX element type as an input: before the node is opened a constant one,
/// which is read when it is opened, and afterwards one of the next run. It is not copied.
WB_EXPORT(wb_node_input)
bool wb_node_input(Node* node, size_t index, int32_t type, const int64_t* shape, size_t rank,
                   void* data) {
  return succeeds([&] {
    OrtValue& value =
        node->kernel == nullptr ? node->info.constants[index] : node->context.inputs[index];
    value.type = static_cast<ONNXTensorElementDataType>(type);
    value.shape.assign(shape, shape + rank);
    value.data = data;
  });
}

/// Reads, checks and packs the constants, which are not needed any more afterwards.
WB_EXPORT(wb_node_open) bool wb_node_open(Node* node) {
  return succeeds([&] {
    std::unique_ptr<Kernel> kernel = node->kind.make(wavebridge::wb_kernels__simd128);
    kernel->api = &kApi;
    kernel->spec = &spec_of(node->kind);
    wavebridge::ort::NodeReader reader(kApi, node->info, *kernel->spec, kernel->constants);
    kernel->node = reader.node();
    kernel->read(reader);
    node->info = {};
    node->kernel = std::move(kernel);
  });
}

WB_EXPORT(wb_node_run) bool wb_node_run(Node* node) {
  return succeeds([&] {
    const Kernel& kernel = *node->kernel;
    kernel.compute(wavebridge::ort::Call(kApi, node->context, *kernel.spec, kernel.node));
  });
}

/// An output of the last run: rank, sizes, and where its floats are, until the next run.
WB_EXPORT(wb_node_output) const int64_t* wb_node_output(Node* node, size_t index) {
  const bool found = succeeds([&] {
    const OrtKernelContext::Output& output = node->context.outputs.at(index);
    node->described.assign(1, static_cast<int64_t>(output.shape.size()));
    node->described.insert(node->described.end(), output.shape.begin(), output.shape.end());
    node->described.push_back(reinterpret_cast<intptr_t>(output.data));
  });
  return found ? node->described.data() : nullptr;
}
