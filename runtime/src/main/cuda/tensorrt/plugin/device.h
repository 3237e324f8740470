#ifndef WAVEBRIDGE_TENSORRT_DEVICE_H_
#define WAVEBRIDGE_TENSORRT_DEVICE_H_

#include <cstddef>

#include "abi/tensorrt_abi.h"

// The few calls of the CUDA runtime that the plugins make themselves. They
// throw Failure.

namespace wavebridge::tensorrt {

void fill_with_zeros(void* device, size_t bytes, cudaStream_t stream);
/// Waits for the stream.
void copy_to_host(void* host, const void* device, size_t bytes, cudaStream_t stream);

/// Device memory that grows when more is needed; what it held is then lost.
class DeviceBuffer {
 public:
  DeviceBuffer() = default;
  DeviceBuffer(const DeviceBuffer&) = delete;
  DeviceBuffer& operator=(const DeviceBuffer&) = delete;
  ~DeviceBuffer();

  void* of_at_least(size_t bytes);

 private:
  void* memory_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_DEVICE_H_
