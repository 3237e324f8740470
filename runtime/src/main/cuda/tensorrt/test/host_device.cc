#include <cstdlib>
#include <cstring>

#include "plugin/device.h"

// plugin/device.cc where the memory of the device is that of the host.

namespace wavebridge::tensorrt {

void fill_with_zeros(void* device, size_t bytes, cudaStream_t) { std::memset(device, 0, bytes); }

void copy_to_host(void* host, const void* device, size_t bytes, cudaStream_t) {
  std::memcpy(host, device, bytes);
}

DeviceBuffer::~DeviceBuffer() { std::free(memory_); }

void* DeviceBuffer::of_at_least(size_t bytes) {
  if (bytes > bytes_) {
    std::free(memory_);
    memory_ = std::malloc(bytes);
    bytes_ = bytes;
  }
  return memory_;
}

}  // namespace wavebridge::tensorrt
