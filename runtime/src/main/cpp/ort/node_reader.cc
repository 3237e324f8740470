#include "ort/node_reader.h"

#include <cmath>
#include <cstdio>

namespace wavebridge::ort {

NodeReader::NodeReader(const OrtApi& api, const OrtKernelInfo& info, const OperatorSpec& spec,
                       Constants& constants)
    : Attributes(spec.attributes),
      api_(api),
      info_(info),
      spec_(spec),
      constants_(constants),
      rows_(spec),
      next_(rows_.index()) {
  size_t size = 0;
  require(api, api.KernelInfo_GetNodeName(&info, nullptr, &size));
  std::vector<char> name(size + 1);
  require(api, api.KernelInfo_GetNodeName(&info, name.data(), &size));
  node_ = "node '" + std::string(name.data()) + "' (" + spec.name + ")";
}

void NodeReader::refuse(const std::string& message) const { throw Refused(node_ + ": " + message); }

std::vector<int64_t> NodeReader::integers(const AttributeSpec& attribute) const {
  std::vector<int64_t> values;
  OrtStatus* status = nullptr;
  if (attribute.kind == AttributeKind::kInteger) {
    int64_t value = 0;
    status = api_.KernelInfoGetAttribute_int64(&info_, attribute.name, &value);
    if (status == nullptr) values.push_back(value);
  } else {
    size_t size = 0;
    status = api_.KernelInfoGetAttributeArray_int64(&info_, attribute.name, nullptr, &size);
    values.resize(status == nullptr ? size : 0);
    if (!values.empty()) {
      require(api_,
              api_.KernelInfoGetAttributeArray_int64(&info_, attribute.name, values.data(), &size));
    }
  }
  if (status != nullptr) api_.ReleaseStatus(status);
  return values;
}

float NodeReader::number(const char* name) const {
  const AttributeSpec& attribute = declared(name);
  const std::string what = text_of(attribute);
  float found = 0;
  OrtStatus* status = api_.KernelInfoGetAttribute_float(&info_, name, &found);
  if (status != nullptr) {
    api_.ReleaseStatus(status);
    refuse(what + ": expected a number, found none");
  }
  const double value = static_cast<double>(found);
  char text[120];
  if (attribute.kind == AttributeKind::kNumberBetween) {
    if (value > attribute.lowest && value < attribute.highest) return found;
    std::snprintf(text, sizeof text, ": expected a number above %g and below %g, found %g",
                  attribute.lowest, attribute.highest, value);
  } else {
    if (value >= attribute.lowest && value <= attribute.highest) return found;
    std::snprintf(text, sizeof text, ": expected a number from %g to %g, found %g",
                  attribute.lowest, attribute.highest, value);
  }
  refuse(what + text);
}

float NodeReader::number_from(const char* name, float lowest) const {
  const float value = number(name);
  if (value >= lowest) return value;
  char text[120];
  std::snprintf(text, sizeof text, "': expected a number from %g to %g, found %g",
                static_cast<double>(lowest), declared(name).highest, static_cast<double>(value));
  refuse(std::string("attribute '") + name + text);
}

const std::vector<float>& NodeReader::numbers(const char* name) {
  declared(name);
  std::vector<float>& values = constants_.arrays.emplace_back();
  size_t size = 0;
  OrtStatus* status = api_.KernelInfoGetAttributeArray_float(&info_, name, nullptr, &size);
  if (status != nullptr) {
    api_.ReleaseStatus(status);
    return values;
  }
  values.resize(size);
  if (size > 0) {
    require(api_, api_.KernelInfoGetAttributeArray_float(&info_, name, values.data(), &size));
  }
  for (const float value : values) {
    if (!std::isfinite(value)) {
      refuse(std::string("attribute '") + name + "': expected finite numbers, found " +
             std::to_string(value));
    }
  }
  return values;
}

Tensor NodeReader::constant(const std::string& name, ONNXTensorElementDataType type,
                            const Shape& shape) {
  int is_constant = 0;
  const OrtValue* value = nullptr;
  require(api_, api_.KernelInfoGetConstantInput_tensor(&info_, next_, &is_constant, &value));
  if (is_constant == 0 || value == nullptr) {
    refuse(name + " (input " + std::to_string(next_) +
           "): expected a constant initializer, found a value computed at run time");
  }
  next_++;
  Tensor tensor = read_tensor(api_, *value);
  if (tensor.type != type) {
    refuse(name + ": expected element type " + std::to_string(static_cast<int>(type)) + ", found " +
           std::to_string(static_cast<int>(tensor.type)));
  }
  expect_shape(node_ + ": " + name, shape, tensor.shape);
  return tensor;
}

const std::vector<float>& NodeReader::array(const Shape& shape) {
  const std::string name = rows_.next(TensorKind::kConstant);
  const Tensor tensor = constant(name, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, shape);
  size_t count = 1;
  for (const int64_t size : tensor.shape) count *= static_cast<size_t>(size);
  last_rows_ = tensor.shape[0];
  return constants_.arrays.emplace_back(tensor.floats(), tensor.floats() + count);
}

BlockSparseWeight NodeReader::structure(const std::string& name, ONNXTensorElementDataType type,
                                        const Dimension& inputs, Tensor& blocks) {
  blocks = constant(name + "_blocks", type, {"Z", "bh", "bw"});
  const Tensor columns =
      constant(name + "_columns", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, {{"Z", blocks.shape[0]}});
  const Tensor starts = constant(name + "_rows", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, {"R/bh + 1"});
  return {
      .name = name,
      .inputs = inputs.size,
      .block_count = blocks.shape[0],
      .block_height = blocks.shape[1],
      .block_width = blocks.shape[2],
      .row_entries = starts.shape[0],
      .blocks = nullptr,
      .columns = columns.integers(),
      .row_starts = starts.integers(),
  };
}

void NodeReader::check_weight(const std::string& name, const std::string& fault,
                              const BlockSparseWeight& weight, const Dimension& rows,
                              const Dimension& inputs) const {
  if (!fault.empty()) refuse(fault);
  const int64_t found = (weight.row_entries - 1) * weight.block_height;
  expect_shape(node_ + ": " + name, {rows, inputs}, {found, inputs.size});
}

PackedMatrix NodeReader::dense(const std::string& name, const float* values, int64_t rows,
                               int64_t inputs) {
  const int32_t column = 0, starts[2] = {0, 1};
  const BlockSparseWeight weight = {.name = name,
                                    .inputs = inputs,
                                    .block_count = 1,
                                    .block_height = rows,
                                    .block_width = inputs,
                                    .row_entries = 2,
                                    .blocks = values,
                                    .columns = &column,
                                    .row_starts = starts};
  const std::string fault = check(weight);
  if (!fault.empty()) refuse(fault);
  return constants_.weights.emplace_back(weight).matrix();
}

template <>
PackedMatrix NodeReader::weight<PackedMatrix>(const Dimension& rows, const Dimension& inputs,
                                              const char* given_name) {
  const char* declared_name = rows_.next(TensorKind::kWeight);
  const std::string name = given_name == nullptr ? declared_name : given_name;
  Tensor blocks{};
  BlockSparseWeight weight = structure(name, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, inputs, blocks);
  weight.blocks = blocks.floats();
  check_weight(name, check(weight), weight, rows, inputs);
  return constants_.weights.emplace_back(weight).matrix();
}

template <>
PackedInt8Matrix NodeReader::weight<PackedInt8Matrix>(const Dimension& rows,
                                                      const Dimension& inputs,
                                                      const char* given_name) {
  const char* declared_name = rows_.next(TensorKind::kInt8Weight);
  const std::string name = given_name == nullptr ? declared_name : given_name;
  Tensor blocks{};
  BlockSparseInt8Weight weight{};
  weight.structure = structure(name, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8, inputs, blocks);
  weight.blocks = blocks.bytes();
  // How many scales there must be is known once the structure is sound.
  check_weight(name, check(weight.structure), weight.structure, rows, inputs);
  const int64_t found = (weight.structure.row_entries - 1) * weight.structure.block_height;
  weight.scales =
      constant(name + "_scales", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, {{"R", found}}).floats();
  const int64_t bits = attribute("activation_bits");
  if (bits != 0) weight.activation_bits = bits;
  const std::string fault = check(weight);
  if (!fault.empty()) refuse(fault);
  return constants_.int8_weights.emplace_back(weight).matrix();
}

}  // namespace wavebridge::ort
