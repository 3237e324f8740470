#ifndef WAVEBRIDGE_TENSORRT_FIELDS_H_
#define WAVEBRIDGE_TENSORRT_FIELDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "abi/tensorrt_abi.h"
#include "wavebridge/attributes.h"

namespace wavebridge::tensorrt {

/// How TensorRT calls an attribute's type: kINT32 or kFLOAT32.
nvinfer1::PluginFieldType type_of(const AttributeSpec& spec);

/// The attributes of a node: as the ONNX parser hands them over when an engine
/// is built, or as they were serialised into it. Owns its values.
class Fields final : public Attributes {
 public:
  /// Throws Failure if one is missing, of another type or length, or out of its range.
  Fields(const std::vector<AttributeSpec>& specs, const nvinfer1::PluginFieldCollection* given);
  Fields(const Fields& other);
  Fields& operator=(const Fields&) = delete;

  /// Numbers that need not be whole; none where they are absent.
  const std::vector<float>& floats(const char* name) const { return of(declared(name)).floats; }
  [[noreturn]] void refuse(const std::string& message) const override;

  /// All that are there, for a plan; valid as long as this object.
  const nvinfer1::PluginFieldCollection* serialised() const { return &collection_; }

 private:
  struct Field {
    const AttributeSpec* spec;
    std::vector<int32_t> integers;
    std::vector<float> floats;
  };
  std::vector<int64_t> integers(const AttributeSpec& spec) const override;
  const Field& of(const AttributeSpec& spec) const;
  void check(const AttributeSpec& spec, const nvinfer1::PluginField& field) const;
  void collect();

  std::vector<Field> fields_;
  std::vector<nvinfer1::PluginField> views_;
  nvinfer1::PluginFieldCollection collection_{0, nullptr};
};

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_FIELDS_H_
