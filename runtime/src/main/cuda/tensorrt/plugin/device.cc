#include "plugin/device.h"

#include <cuda_runtime_api.h>

#include <string>

#include "plugin/failure.h"

namespace wavebridge::tensorrt {
namespace {

void check(const char* what, cudaError_t status) {
  if (status != cudaSuccess) {
    throw Failure(std::string(what) + ": " + cudaGetErrorString(status));
  }
}

}  // namespace

void fill_with_zeros(void* device, size_t bytes, cudaStream_t stream) {
  check("cudaMemsetAsync", cudaMemsetAsync(device, 0, bytes, stream));
}

void copy_to_host(void* host, const void* device, size_t bytes, cudaStream_t stream) {
  check("cudaMemcpyAsync", cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, stream));
  check("cudaStreamSynchronize", cudaStreamSynchronize(stream));
}

DeviceBuffer::~DeviceBuffer() { cudaFree(memory_); }

void* DeviceBuffer::of_at_least(size_t bytes) {
  if (bytes > bytes_) {
    cudaFree(memory_);  // Waits for what still uses it.
    memory_ = nullptr;
    bytes_ = 0;
    check("cudaMalloc of a workspace", cudaMalloc(&memory_, bytes));
    bytes_ = bytes;
  }
  return memory_;
}

}  // namespace wavebridge::tensorrt
