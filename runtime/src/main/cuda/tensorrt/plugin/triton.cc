#include <dlfcn.h>

#include "abi/tensorrt_abi.h"
#include "plugin/failure.h"
#include "plugin/plugin.h"

// Triton's backend for TensorRT opens a plugin library and leaves it to register its plugins.
// Others call TensorRT's loadLibrary, which registers what getCreators gives, and fails where that
// is registered already. So the library registers its plugins only where a Triton server is.

extern "C" nvinfer1::IPluginCreatorInterface* const* getCreators(int32_t& count) noexcept;

namespace wavebridge::tensorrt {
namespace {

using PluginRegistry = nvinfer1::IPluginRegistry* (*)();

/// The registry of the TensorRT in this process; another version has other virtual functions.
nvinfer1::IPluginRegistry& registry() {
  void* library = dlopen("libnvinfer.so.10", RTLD_NOW | RTLD_NOLOAD);
  void* function = library == nullptr ? nullptr : dlsym(library, "getPluginRegistry");
  nvinfer1::IPluginRegistry* found =
      function == nullptr ? nullptr : reinterpret_cast<PluginRegistry>(function)();
  if (found == nullptr) {
    throw Failure("expected TensorRT 10 (libnvinfer.so.10) in this Triton server, found none");
  }
  return *found;
}

__attribute__((constructor)) void register_in_triton() {
  if (dlsym(RTLD_DEFAULT, "TRITONSERVER_ApiVersion") == nullptr) return;
  guarded<int32_t>("library", 0, [] {
    nvinfer1::IPluginRegistry& plugins = registry();
    int32_t count = 0;
    nvinfer1::IPluginCreatorInterface* const* all = getCreators(count);
    for (int32_t i = 0; i < count; ++i) {
      if (!plugins.registerCreator(*all[i], kPluginNamespace)) {
        throw Failure("TensorRT has plugins of this name already; load the library once");
      }
    }
    return count;
  });
}

}  // namespace
}  // namespace wavebridge::tensorrt
