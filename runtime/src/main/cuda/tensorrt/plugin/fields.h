#ifndef WAVEBRIDGE_TENSORRT_FIELDS_H_
#define WAVEBRIDGE_TENSORRT_FIELDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "abi/tensorrt_abi.h"

namespace wavebridge::tensorrt {

/// An attribute that an operator has.
struct FieldKind {
  const char* name;
  nvinfer1::PluginFieldType type;  ///< kINT32 or kFLOAT32
  bool list;                       ///< whether it may have another length than 1
  bool optional;                   ///< a list that is empty where it is absent
  double lowest;                   ///< the range of each whole number
  double highest;
};

/// The attributes of a node: as the ONNX parser hands them over when an engine
/// is built, or as they were serialised into it. Owns its values.
class Fields {
 public:
  /// Throws Failure if one is missing, unknown or of another type or length.
  Fields(const std::vector<FieldKind>& kinds, const nvinfer1::PluginFieldCollection* given);
  Fields(const Fields& other);
  Fields& operator=(const Fields&) = delete;

  int32_t number(const char* name) const;
  const std::vector<int32_t>& numbers(const char* name) const;
  const std::vector<float>& floats(const char* name) const;

  /// All that are there, for a plan; valid as long as this object.
  const nvinfer1::PluginFieldCollection* serialised() const { return &collection_; }

 private:
  struct Field {
    FieldKind kind;
    std::vector<int32_t> numbers;
    std::vector<float> floats;
  };
  const Field& find(const char* name) const;
  void collect();

  std::vector<Field> fields_;
  std::vector<nvinfer1::PluginField> views_;
  nvinfer1::PluginFieldCollection collection_{0, nullptr};
};

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_FIELDS_H_
