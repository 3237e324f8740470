#ifndef WAVEBRIDGE_ORT_TENSOR_H_
#define WAVEBRIDGE_ORT_TENSOR_H_

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "ort/ort_abi.h"

namespace wavebridge::ort {

/// A model or an input that an operator refuses. Never leaves the library: the entry points turn it
/// into a status.
class Refused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Turns a failed call of ONNX Runtime into an exception.
void require(const OrtApi& api, OrtStatus* status);

/// A tensor that ONNX Runtime owns.
struct Tensor {
  ONNXTensorElementDataType type;
  std::vector<int64_t> shape;
  void* data;

  const float* floats() const { return static_cast<const float*>(data); }
  const int8_t* bytes() const { return static_cast<const int8_t*>(data); }
  const int32_t* integers() const { return static_cast<const int32_t*>(data); }
  const int64_t* longs() const { return static_cast<const int64_t*>(data); }
};

Tensor read_tensor(const OrtApi& api, const OrtValue& value);

/// One dimension of an expected shape: a letter for messages, a size, or both. A negative size
/// accepts any.
struct Dimension {
  Dimension(const char* letter) : name(letter), size(-1) {}  // NOLINT: reads well in a list
  Dimension(int64_t exactly) : size(exactly) {}              // NOLINT
  Dimension(const char* letter, int64_t exactly) : name(letter), size(exactly) {}

  std::string name;
  int64_t size;
};
using Shape = std::vector<Dimension>;

/// Refuses a shape that is not the expected one; `what` starts the message.
void expect_shape(const std::string& what, const Shape& expected,
                  const std::vector<int64_t>& found);

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_TENSOR_H_
