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

Configured::Configured(const Grid& grid, cudaStream_t stream) {
  config.gridDim = dim3(static_cast<unsigned>(grid.blocks), static_cast<unsigned>(grid.block_rows));
  config.blockDim = dim3(static_cast<unsigned>(grid.threads));
  config.dynamicSmemBytes = static_cast<size_t>(grid.shared_bytes);
  config.stream = stream;
  config.attrs = attributes;
  if (grid.cluster > 1) {
    cudaLaunchAttribute& attribute = attributes[config.numAttrs++];
    attribute.id = cudaLaunchAttributeClusterDimension;
    attribute.val.clusterDim.x = static_cast<unsigned>(grid.cluster);
    attribute.val.clusterDim.y = 1;
    attribute.val.clusterDim.z = 1;
  }
  if (grid.together) {
    cudaLaunchAttribute& attribute = attributes[config.numAttrs++];
    attribute.id = cudaLaunchAttributeCooperative;
    attribute.val.cooperative = 1;
  }
}

Result permit_entry(const void* entry, const Grid& grid) {
  const int bytes = static_cast<int>(grid.shared_bytes);
  Result result =
      result_of(cudaFuncSetAttribute(entry, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes),
                "shared memory of a kernel");
  if (!result.ok() || grid.cluster == 1) return result;
  if (grid.cluster > 8) {
    result =
        result_of(cudaFuncSetAttribute(entry, cudaFuncAttributeNonPortableClusterSizeAllowed, 1),
                  "clusters of more than 8 blocks");
  }
  int clusters = 0;
  if (result.ok()) {
    const Configured configured(grid, nullptr);
    result = result_of(cudaOccupancyMaxActiveClusters(&clusters, entry, &configured.config),
                       "room for clusters");
  }
  if (result.ok() && clusters == 0) {
    result = {Status::kNotResident,
              "this GPU has no room for a cluster of " + std::to_string(grid.cluster) + " blocks"};
  }
  return result;
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
