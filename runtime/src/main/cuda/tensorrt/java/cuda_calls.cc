// The functions of the Java class Cuda. Addresses and handles are whole numbers; 0 or a status
// other than 0 is a failure. They use neither the environment nor the class that the virtual
// machine passes.

#include <cuda_runtime_api.h>

#include <cstdint>

#define WB_JAVA(type, name)  \
  extern "C" __attribute__(( \
      visibility("default"))) type Java_org_wavebridge_runtime_internal_tensorrt_Cuda_##name

namespace {

thread_local cudaError_t last_failure = cudaSuccess;

int32_t kept(cudaError_t status) {
  if (status != cudaSuccess) {
    last_failure = status;
    cudaGetLastError();  // A failure that was reported is not to be found again by others.
  }
  return status;
}

template <typename Handle>
int64_t address(Handle* handle) {
  return reinterpret_cast<int64_t>(handle);
}

template <typename Handle>
Handle handle(int64_t address) {
  return reinterpret_cast<Handle>(address);
}

int32_t copy(int64_t to, int64_t from, int64_t bytes, cudaMemcpyKind kind, int64_t stream) {
  return kept(cudaMemcpyAsync(handle<void*>(to), handle<const void*>(from),
                              static_cast<size_t>(bytes), kind, handle<cudaStream_t>(stream)));
}

}  // namespace

WB_JAVA(int32_t, lastFailure)(void*, void*) { return last_failure; }

// The address of a text that lives as long as the library.
WB_JAVA(int64_t, text)(void*, void*, int32_t status) {
  return address(cudaGetErrorString(static_cast<cudaError_t>(status)));
}

WB_JAVA(int64_t, allocate)(void*, void*, int64_t bytes) {
  void* memory = nullptr;
  return kept(cudaMalloc(&memory, static_cast<size_t>(bytes))) == 0 ? address(memory) : 0;
}

WB_JAVA(int32_t, free)(void*, void*, int64_t memory) {
  return kept(cudaFree(handle<void*>(memory)));
}

WB_JAVA(int64_t, allocatePinned)(void*, void*, int64_t bytes) {
  void* memory = nullptr;
  return kept(cudaMallocHost(&memory, static_cast<size_t>(bytes))) == 0 ? address(memory) : 0;
}

WB_JAVA(int32_t, freePinned)(void*, void*, int64_t memory) {
  return kept(cudaFreeHost(handle<void*>(memory)));
}

WB_JAVA(int64_t, createStream)(void*, void*) {
  cudaStream_t stream = nullptr;
  return kept(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking)) == 0 ? address(stream) : 0;
}

WB_JAVA(int32_t, destroyStream)(void*, void*, int64_t stream) {
  return kept(cudaStreamDestroy(handle<cudaStream_t>(stream)));
}

WB_JAVA(int32_t, synchronize)(void*, void*, int64_t stream) {
  return kept(cudaStreamSynchronize(handle<cudaStream_t>(stream)));
}

WB_JAVA(int32_t, copyToDevice)
(void*, void*, int64_t to, int64_t from, int64_t bytes, int64_t stream) {
  return copy(to, from, bytes, cudaMemcpyHostToDevice, stream);
}

WB_JAVA(int32_t, copyToHost)
(void*, void*, int64_t to, int64_t from, int64_t bytes, int64_t stream) {
  return copy(to, from, bytes, cudaMemcpyDeviceToHost, stream);
}

WB_JAVA(int32_t, beginCapture)(void*, void*, int64_t stream) {
  return kept(
      cudaStreamBeginCapture(handle<cudaStream_t>(stream), cudaStreamCaptureModeThreadLocal));
}

// The captured work, ready to be launched.
WB_JAVA(int64_t, endCapture)(void*, void*, int64_t stream) {
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t executable = nullptr;
  if (kept(cudaStreamEndCapture(handle<cudaStream_t>(stream), &graph)) != 0 || graph == nullptr) {
    return 0;
  }
  const int32_t status = kept(cudaGraphInstantiate(&executable, graph, 0));
  cudaGraphDestroy(graph);
  return status == 0 ? address(executable) : 0;
}

WB_JAVA(int32_t, launchGraph)(void*, void*, int64_t graph, int64_t stream) {
  return kept(cudaGraphLaunch(handle<cudaGraphExec_t>(graph), handle<cudaStream_t>(stream)));
}

WB_JAVA(int32_t, destroyGraph)(void*, void*, int64_t graph) {
  return kept(cudaGraphExecDestroy(handle<cudaGraphExec_t>(graph)));
}
