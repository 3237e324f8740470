// The library's entry point, and the C functions through which ONNX Runtime calls an operator. No
// exception leaves a function of this file.

#include <cstdlib>
#include <exception>
#include <map>
#include <mutex>
#include <stdexcept>

#include "dispatch/cpu_level.h"
#include "ort/operator.h"

namespace wavebridge::ort {
namespace {

constexpr const char* kDomain = "org.wavebridge";

/// Runs `body` and turns what it throws into a status.
template <typename Body>
OrtStatus* guarded(const OrtApi& api, const Body& body) noexcept {
  try {
    body();
    return nullptr;
  } catch (const Refused& e) {
    return api.CreateStatus(ORT_INVALID_ARGUMENT, e.what());
  } catch (const std::exception& e) {
    return api.CreateStatus(ORT_FAIL, e.what());
  } catch (...) {
    return api.CreateStatus(ORT_FAIL, "unknown failure in the WaveBridge operators");
  }
}

/// The definition that ONNX Runtime holds of an operator at one level.
struct Definition : OrtCustomOp {
  Definition(KernelKind kernel_kind, const Kernels& level);

  const KernelKind kind;
  const OperatorSpec& spec;
  const Kernels& kernels;
  std::vector<ONNXTensorElementDataType> inputs;
};

const Definition& definition(const OrtCustomOp* op) noexcept {
  return *static_cast<const Definition*>(op);
}

OrtStatus* create_kernel(const OrtCustomOp* op, const OrtApi* api, const OrtKernelInfo* info,
                         void** out) noexcept {
  return guarded(*api, [&] {
    std::unique_ptr<Kernel> kernel = definition(op).kind.make(definition(op).kernels);
    NodeReader reader(*api, *info, definition(op).spec, kernel->constants);
    kernel->api = api;
    kernel->spec = &definition(op).spec;
    kernel->node = reader.node();
    kernel->read(reader);
    level_in_use = &definition(op).kernels;
    *out = kernel.release();
  });
}

OrtStatus* compute(void* opaque, OrtKernelContext* context) noexcept {
  const Kernel& kernel = *static_cast<const Kernel*>(opaque);
  return guarded(*kernel.api,
                 [&] { kernel.compute(Call(*kernel.api, *context, *kernel.spec, kernel.node)); });
}

/// The ONNX inputs that a declared one is.
std::vector<ONNXTensorElementDataType> types_of(TensorKind kind) {
  switch (kind) {
    case TensorKind::kValues:
    case TensorKind::kConstant:
      return {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT};
    case TensorKind::kIntegers:
      return {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64};
    case TensorKind::kWeight:
      return {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32,
              ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32};
    case TensorKind::kInt8Weight:
      return {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32,
              ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT};
  }
  throw std::logic_error("a tensor of no kind");
}

Definition::Definition(KernelKind kernel_kind, const Kernels& level)
    : OrtCustomOp{}, kind(std::move(kernel_kind)), spec(spec_of(kind)), kernels(level) {
  for (const TensorSpec& input : spec.inputs) {
    const std::vector<ONNXTensorElementDataType> types = types_of(input.kind);
    inputs.insert(inputs.end(), types.begin(), types.end());
  }
  version = kApiVersion;
  GetName = [](const OrtCustomOp* op) noexcept { return definition(op).kind.name.c_str(); };
  GetExecutionProviderType = [](const OrtCustomOp*) noexcept -> const char* { return nullptr; };
  GetInputType = [](const OrtCustomOp* op, size_t i) noexcept { return definition(op).inputs[i]; };
  GetInputTypeCount = [](const OrtCustomOp* op) noexcept { return definition(op).inputs.size(); };
  GetOutputType = [](const OrtCustomOp*, size_t) noexcept {
    return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
  };
  GetOutputTypeCount = [](const OrtCustomOp* op) noexcept { return definition(op).spec.outputs; };
  GetInputCharacteristic = [](const OrtCustomOp*, size_t) noexcept {
    return INPUT_OUTPUT_REQUIRED;
  };
  GetOutputCharacteristic = GetInputCharacteristic;
  GetInputMemoryType = [](const OrtCustomOp*, size_t) noexcept { return OrtMemTypeDefault; };
  GetVariadicInputMinArity = [](const OrtCustomOp*) noexcept { return 0; };
  GetVariadicInputHomogeneity = GetVariadicInputMinArity;
  GetVariadicOutputMinArity = GetVariadicInputMinArity;
  GetVariadicOutputHomogeneity = GetVariadicInputMinArity;
  GetStartVersion = [](const OrtCustomOp*) noexcept { return 1; };
  GetEndVersion = GetStartVersion;
  CreateKernelV2 = create_kernel;
  KernelComputeV2 = compute;
  KernelDestroy = [](void* kernel) noexcept { delete static_cast<Kernel*>(kernel); };
}

/// The domain with every operator at one level. Sessions refer to it, so it lives as long as the
/// process.
OrtCustomOpDomain* domain_of(const OrtApi& api, const Kernels& kernels) {
  struct Domain {
    std::vector<std::unique_ptr<Definition>> definitions;
    OrtCustomOpDomain* handle = nullptr;
  };
  static std::mutex mutex;
  static auto& domains = *new std::map<const Kernels*, Domain>();
  const std::lock_guard lock(mutex);
  const auto known = domains.find(&kernels);
  if (known != domains.end()) return known->second.handle;
  Domain domain;
  require(api, api.CreateCustomOpDomain(kDomain, &domain.handle));
  for (KernelKind& kind : all_operators()) {
    domain.definitions.push_back(std::make_unique<Definition>(std::move(kind), kernels));
    require(api, api.CustomOpDomain_Add(domain.handle, domain.definitions.back().get()));
  }
  return domains.emplace(&kernels, std::move(domain)).first->second.handle;
}

/// Keeps ONNX Runtime's environment, of which there is one, for as long as the process lives. The
/// Java interface gives its own up when the JVM begins to end, while threads may still run graphs:
/// their next message would then go to a logger that is gone.
void keep_environment(const OrtApi& api) {
  static std::once_flag once;
  std::call_once(once, [&api] {
    OrtEnv* environment = nullptr;
    OrtStatus* status = api.CreateEnv(ORT_LOGGING_LEVEL_WARNING, "wavebridge", &environment);
    // A program that made its environment by other means than this function, as ONNX Runtime's
    // Python interface does, has it all to itself, and keeps it until it ends.
    if (status != nullptr) api.ReleaseStatus(status);
  });
}

}  // namespace
}  // namespace wavebridge::ort

/// Called by ONNX Runtime when a program registers the library with its session options.
extern "C" __attribute__((visibility("default"))) OrtStatus* RegisterCustomOps(
    OrtSessionOptions* options, const OrtApiBase* base) noexcept {
  using namespace wavebridge;
  const OrtApi* api = base->GetApi(ort::kApiVersion);
  if (api == nullptr) {
    const std::string message =
        std::string("WaveBridge: expected ONNX Runtime 1.17 or later, found ") +
        base->GetVersionString();
    return base->GetApi(1)->CreateStatus(ORT_FAIL, message.c_str());
  }
  return ort::guarded(*api, [&] {
    ort::keep_environment(*api);
    const Kernels& kernels = choose_level(std::getenv(kCpuLevelVariable));
    ort::require(*api, api->AddCustomOpDomain(options, ort::domain_of(*api, kernels)));
  });
}
