#include <dlfcn.h>

#include <algorithm>
#include <string>

#include "harness.h"

// The plugins register themselves where a Triton server opens them, and nowhere else: TensorRT's
// loadLibrary, which others call, fails with plugins that are registered already.

extern "C" __attribute__((visibility("default"))) const char* registered();

#ifdef WAVEBRIDGE_IN_TRITON
extern "C" __attribute__((visibility("default"))) void* TRITONSERVER_ApiVersion() {
  return nullptr;
}
constexpr int64_t kPlugins = 11;
#else
constexpr int64_t kPlugins = 0;
#endif

WB_TEST(registers_its_plugins) {
  CHECK_EQUAL(std::string(), std::string(registered()));
  void* library = dlopen(WAVEBRIDGE_PLUGINS, RTLD_LAZY);
  CHECK(library != nullptr);
  const std::string names = registered();
  CHECK_EQUAL(kPlugins, static_cast<int64_t>(std::count(names.begin(), names.end(), '\n')));
  CHECK(kPlugins == 0 || names.find("org.wavebridge::ResidualGruGenerate\n") != std::string::npos);
  CHECK(kPlugins == 0 || names.find("org.wavebridge::DualSoftmaxGenerate\n") != std::string::npos);
}

int main() { return wavebridge::test::run_all(); }
