// The functions of the Java class NativeLimits. They use neither the environment nor the class that
// the virtual machine passes; a negative answer says that there is none.

#include <cstdint>
#include <cstdlib>

#include "dispatch/cpu_level.h"
#include "dispatch/machine_limits.h"

#define WB_JAVA(name)                   \
  extern "C" __attribute__((visibility( \
      "default"))) double Java_org_wavebridge_runtime_internal_onnxruntime_NativeLimits_##name

WB_JAVA(readBandwidth)(void*, void*, int64_t bytes) noexcept try {
  using namespace wavebridge;
  return read_bandwidth(choose_level(std::getenv(kCpuLevelVariable)), bytes);
} catch (...) {
  return -1;
}

WB_JAVA(multiplyAddRate)(void*, void*, uint8_t int8) noexcept try {
  using namespace wavebridge;
  return multiply_add_rate(choose_level(std::getenv(kCpuLevelVariable)), int8 != 0);
} catch (...) {
  return -1;
}
