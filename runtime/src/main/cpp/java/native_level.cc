// The function of the Java class NativeLevel. It uses neither the environment nor the class that
// the virtual machine passes.

#include <cstdint>

#include "dispatch/cpu_level.h"

/// A character of the name of the level in use; 0 after the last one, and where there is no level.
extern "C" __attribute__((visibility("default"))) int32_t
Java_org_wavebridge_runtime_internal_onnxruntime_NativeLevel_character(void*, void*,
                                                                       int32_t index) noexcept {
  const wavebridge::Kernels* level = wavebridge::level_in_use;
  if (level == nullptr) return 0;
  for (int32_t i = 0; i < index; ++i) {
    if (level->level[i] == 0) return 0;
  }
  return index < 0 ? 0 : level->level[index];
}
