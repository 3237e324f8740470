#include "host/runtime_gpu.cuh"

namespace wavebridge::cuda::runtime {

Result result_of(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return {};
  cudaGetLastError();  // Leaves no error behind for the next call.
  Status status = Status::kDeviceError;
  if (error == cudaErrorMemoryAllocation) status = Status::kOutOfMemory;
  if (error == cudaErrorCooperativeLaunchTooLarge || error == cudaErrorLaunchOutOfResources) {
    status = Status::kNotResident;
  }
  return {status, std::string(what) + ": " + cudaGetErrorString(error)};
}

Result limits(Limits& found) {
  int device = 0, value = 0, clusters = 0;
  Result result = result_of(cudaGetDevice(&device), "current device");
  const auto ask = [&](cudaDeviceAttr attribute, int& answer) {
    if (result.ok())
      result =
          result_of(cudaDeviceGetAttribute(&answer, attribute, device), "attributes of the device");
  };
  ask(cudaDevAttrMultiProcessorCount, value);
  found.multiprocessors = value;
  ask(cudaDevAttrMaxSharedMemoryPerBlockOptin, value);
  found.shared_bytes = value;
  ask(cudaDevAttrClusterLaunch, clusters);
  // Sixteen is what a kernel may ask for where clusters exist; a launch that
  // the GPU cannot place is refused.
  found.largest_cluster = clusters != 0 ? 16 : 0;
  return result;
}

void Release::operator()(void* memory) const noexcept { cudaFree(memory); }

Result allocate(size_t bytes, Memory& memory) {
  void* found = nullptr;
  const Result result = result_of(cudaMalloc(&found, bytes == 0 ? 1 : bytes), "device memory");
  if (result.ok()) memory.reset(found);
  return result;
}

Result upload(void* to, const void* from, size_t bytes, cudaStream_t stream) {
  Result result = result_of(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream),
                            "copy to the device");
  if (result.ok()) result = result_of(cudaStreamSynchronize(stream), "copy to the device");
  return result;
}

Result download(void* to, const void* from, size_t bytes, cudaStream_t stream) {
  Result result = result_of(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream),
                            "copy from the device");
  if (result.ok()) result = result_of(cudaStreamSynchronize(stream), "copy from the device");
  return result;
}

Result copy(void* to, const void* from, size_t bytes, cudaStream_t stream) {
  if (to == from || bytes == 0) return {};
  return result_of(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream),
                   "copy on the device");
}

Result clear(void* memory, size_t bytes, cudaStream_t stream) {
  if (bytes == 0) return {};
  return result_of(cudaMemsetAsync(memory, 0, bytes, stream), "clearing device memory");
}

}  // namespace wavebridge::cuda::runtime
