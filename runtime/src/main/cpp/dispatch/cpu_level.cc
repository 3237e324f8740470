#include "dispatch/cpu_level.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#if defined(__aarch64__)
#include <sys/auxv.h>
#elif defined(__x86_64__)
#include <cpuid.h>
#endif

namespace wavebridge {

#define WB_LEVEL_ENTRY(name) extern const Kernels wb_kernels__##name;
#include "kernels/levels.inc"
#undef WB_LEVEL_ENTRY

namespace {

[[maybe_unused]] bool cpu_has_scalar() { return true; }
#if defined(__x86_64__)
// The built-in also asks whether the operating system saves the wide registers.
[[maybe_unused]] bool cpu_has_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
[[maybe_unused]] bool cpu_has_avx2vnni() {
  // Leaf 7 says how many sub-leaves it has, and its sub-leaf 1 has the bit; not every compiler's
  // built-in knows the name.
  unsigned a = 0, b = 0, c = 0, d = 0;
  return cpu_has_avx2() && __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && a >= 1 &&
         __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & (1u << 4)) != 0;
}
[[maybe_unused]] bool cpu_has_avx512() {
  return cpu_has_avx2() && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}
[[maybe_unused]] bool cpu_has_avx512vnni() {
  return cpu_has_avx512() && __builtin_cpu_supports("avx512vnni") &&
         __builtin_cpu_supports("avx512vbmi");
}
#elif defined(__aarch64__)
[[maybe_unused]] bool cpu_has_neon() { return true; }
[[maybe_unused]] bool cpu_has_neondot() { return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }
#elif defined(__wasm__)
// An engine without these instructions refuses the whole module.
[[maybe_unused]] bool cpu_has_simd128() { return true; }
#endif

}  // namespace

std::vector<const Kernels*> available_levels() {
  std::vector<const Kernels*> levels;
#define WB_LEVEL_ENTRY(name) \
  if (cpu_has_##name()) levels.push_back(&wb_kernels__##name);
#include "kernels/levels.inc"
#undef WB_LEVEL_ENTRY
  return levels;
}

const Kernels& choose_level(const char* forced) {
  const std::vector<const Kernels*> levels = available_levels();
  const std::string name = forced == nullptr ? "" : forced;
  if (name.empty()) return *levels.back();
  std::string offered;
  std::string wanted = name;
  std::transform(wanted.begin(), wanted.end(), wanted.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const Kernels* level : levels) {
    if (wanted == level->level) return *level;
    offered += (offered.empty() ? "" : ", ") + std::string(level->level);
  }
  throw std::invalid_argument(std::string(kCpuLevelVariable) + "=" + name + ": this CPU offers " +
                              offered + "; unset it or choose one of these");
}

}  // namespace wavebridge
