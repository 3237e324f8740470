// The functions of the tests' Java class HostedPlugins: the creators of this library, and the end
// of a plugin.

#include <cstdint>

#include "test/fakes.h"

#define WB_JAVA(type, name)             \
  extern "C" __attribute__((visibility( \
      "default"))) type Java_org_wavebridge_runtime_internal_tensorrt_HostedPlugins_##name

WB_JAVA(int64_t, creator)(void*, void*, int32_t index) {
  int32_t count = 0;
  nvinfer1::IPluginCreatorInterface* const* all = getCreators(count);
  return index >= 0 && index < count ? reinterpret_cast<int64_t>(all[index]) : 0;
}

WB_JAVA(void, delete)(void*, void*, int64_t address) {
  delete reinterpret_cast<nvinfer1::IPluginV3*>(address);
}
