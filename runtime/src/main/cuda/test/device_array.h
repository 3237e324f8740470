#ifndef WAVEBRIDGE_CUDA_TEST_DEVICE_ARRAY_H_
#define WAVEBRIDGE_CUDA_TEST_DEVICE_ARRAY_H_

#include <stdexcept>
#include <vector>

#include "host/runtime.h"

namespace wavebridge::test {

/// Numbers on the device, be it emulated or not. Throws std::runtime_error if the machine fails.
template <typename T>
class DeviceArray {
 public:
  explicit DeviceArray(const std::vector<T>& values) : count_(values.size()) {
    require(cuda::runtime::allocate(count_ * sizeof(T), memory_));
    set(values);
  }
  explicit DeviceArray(size_t count) : DeviceArray(std::vector<T>(count)) {}

  T* data() const { return static_cast<T*>(memory_.get()); }
  size_t size() const { return count_; }
  std::vector<T> values() const {
    std::vector<T> all(count_);
    require(cuda::runtime::download(all.data(), data(), count_ * sizeof(T), nullptr));
    return all;
  }
  void set(const std::vector<T>& values) {
    require(cuda::runtime::upload(data(), values.data(), count_ * sizeof(T), nullptr));
  }

 private:
  static void require(const cuda::Result& result) {
    if (!result.ok()) throw std::runtime_error(result.message);
  }

  size_t count_;
  cuda::runtime::Memory memory_;
};

}  // namespace wavebridge::test

#endif  // WAVEBRIDGE_CUDA_TEST_DEVICE_ARRAY_H_
