#include <cstdlib>
#include <cstring>

#include "host/runtime.h"

namespace wavebridge::cuda::runtime {

EmulatedLimits& emulated_limits() {
  static EmulatedLimits the_limits = {
      {.multiprocessors = 6, .shared_bytes = 232448, .largest_cluster = 16}, 16};
  return the_limits;
}

Result limits(Limits& found) {
  found = emulated_limits();
  return {};
}

void Release::operator()(void* memory) const noexcept { std::free(memory); }

Result allocate(size_t bytes, Memory& memory) {
  memory.reset(std::aligned_alloc(256, (bytes / 256 + 1) * 256));
  if (memory == nullptr) return {Status::kOutOfMemory, "device memory"};
  std::memset(memory.get(), 0xff, bytes);
  return {};
}

Result upload(void* to, const void* from, size_t bytes, cudaStream_t stream) {
  return copy(to, from, bytes, stream);
}
Result download(void* to, const void* from, size_t bytes, cudaStream_t stream) {
  return copy(to, from, bytes, stream);
}

Result copy(void* to, const void* from, size_t bytes, cudaStream_t) {
  if (bytes > 0) std::memmove(to, from, bytes);
  return {};
}

Result clear(void* memory, size_t bytes, cudaStream_t) {
  if (bytes > 0) std::memset(memory, 0, bytes);
  return {};
}

}  // namespace wavebridge::cuda::runtime
