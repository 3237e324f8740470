#include "ort/tensor.h"

#include <memory>

namespace wavebridge::ort {

void require(const OrtApi& api, OrtStatus* status) {
  if (status == nullptr) return;
  const std::unique_ptr<OrtStatus, void (*)(OrtStatus*)> owned(status, api.ReleaseStatus);
  throw Refused(api.GetErrorMessage(status));
}

Tensor read_tensor(const OrtApi& api, const OrtValue& value) {
  OrtTensorTypeAndShapeInfo* info = nullptr;
  require(api, api.GetTensorTypeAndShape(&value, &info));
  const std::unique_ptr<OrtTensorTypeAndShapeInfo, void (*)(OrtTensorTypeAndShapeInfo*)> owned(
      info, api.ReleaseTensorTypeAndShapeInfo);
  Tensor tensor{};
  require(api, api.GetTensorElementType(info, &tensor.type));
  size_t rank = 0;
  require(api, api.GetDimensionsCount(info, &rank));
  tensor.shape.resize(rank);
  require(api, api.GetDimensions(info, tensor.shape.data(), rank));
  // The interface wants a mutable value even for reading.
  require(api, api.GetTensorMutableData(const_cast<OrtValue*>(&value), &tensor.data));
  return tensor;
}

void expect_shape(const std::string& what, const Shape& expected,
                  const std::vector<int64_t>& found) {
  bool fits = expected.size() == found.size();
  std::string wanted;
  for (size_t i = 0; i < expected.size(); i++) {
    const Dimension& dimension = expected[i];
    fits = fits && (dimension.size < 0 || dimension.size == found[i]);
    wanted += (i == 0 ? "" : ", ") + dimension.name;
    if (dimension.size >= 0) {
      wanted += (dimension.name.empty() ? "" : " = ") + std::to_string(dimension.size);
    }
  }
  if (fits) return;
  std::string shape;
  for (size_t i = 0; i < found.size(); i++) {
    shape += (i == 0 ? "" : ", ") + std::to_string(found[i]);
  }
  throw Refused(what + ": expected [" + wanted + "], found [" + shape + "]");
}

}  // namespace wavebridge::ort
