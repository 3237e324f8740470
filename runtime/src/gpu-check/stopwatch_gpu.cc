#include <cuda_runtime.h>

#include <stdexcept>

#include "stopwatch.h"

namespace wavebridge::gpu_check {
namespace {

void require(cudaError_t error) {
  if (error != cudaSuccess) throw std::runtime_error(cudaGetErrorString(error));
}

struct Event {
  Event() { require(cudaEventCreate(&event)); }
  ~Event() { cudaEventDestroy(event); }
  Event(const Event&) = delete;
  cudaEvent_t event{};
};

}  // namespace

double seconds_of(const std::function<void()>& queue) {
  const Event before, after;
  require(cudaEventRecord(before.event));
  queue();
  require(cudaEventRecord(after.event));
  require(cudaEventSynchronize(after.event));
  float milliseconds = 0;
  require(cudaEventElapsedTime(&milliseconds, before.event, after.event));
  return milliseconds / 1000.0;
}

}  // namespace wavebridge::gpu_check
