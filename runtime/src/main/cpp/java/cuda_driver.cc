// The functions of the Java class CudaDriver: what the driver says of this machine, asked without
// linking to it. They use neither the environment nor the class that the virtual machine passes.

#include <dlfcn.h>

#include <cstdint>

namespace {

constexpr int32_t kNoDriver = -1;
constexpr int32_t kOldDriver = -2;  // lacks one of the functions
constexpr int kComputeCapabilityMajor = 75;
constexpr int kComputeCapabilityMinor = 76;

template <typename Function, typename... Arguments>
int32_t call(const char* name, Arguments... arguments) {
  static void* const driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (driver == nullptr) {
    return kNoDriver;
  }
  auto function = reinterpret_cast<Function>(dlsym(driver, name));
  return function == nullptr ? kOldDriver : function(arguments...);
}

// A status below or above 0 takes the place of an answer as its negative.
int32_t answer(int32_t status, int32_t value) {
  return status == 0 ? value : status < 0 ? status : -status;
}

}  // namespace

#define WB_JAVA(name)                   \
  extern "C" __attribute__((visibility( \
      "default"))) int32_t Java_org_wavebridge_runtime_internal_tensorrt_CudaDriver_##name

// 0, the status of the driver, or one of the codes above.
WB_JAVA(start)(void*, void*) { return call<int (*)(unsigned)>("cuInit", 0U); }

WB_JAVA(version)(void*, void*) {
  int version = 0;
  const int32_t status = call<int (*)(int*)>("cuDriverGetVersion", &version);
  return answer(status, version);
}

WB_JAVA(devices)(void*, void*) {
  int count = 0;
  const int32_t status = call<int (*)(int*)>("cuDeviceGetCount", &count);
  return answer(status, count);
}

// 90 for compute capability 9.0.
WB_JAVA(architecture)(void*, void*, int32_t device) {
  using Attribute = int (*)(int*, int, int);
  int major = 0;
  int minor = 0;
  int32_t status = call<Attribute>("cuDeviceGetAttribute", &major, kComputeCapabilityMajor, device);
  if (status == 0) {
    status = call<Attribute>("cuDeviceGetAttribute", &minor, kComputeCapabilityMinor, device);
  }
  return answer(status, 10 * major + minor);
}

// Whether a library can be found by its name; it then stays loaded.
WB_JAVA(inferLibrary)(void*, void*) {
  return dlopen("libnvinfer.so.10", RTLD_LAZY | RTLD_LOCAL) != nullptr ? 1 : 0;
}
