#include <limits>

#include "plugin/block_sparse_gemm.h"
#include "plugin/dual_softmax.h"
#include "plugin/interpolate_frames.h"
#include "plugin/residual_gru.h"
#include "plugin/sequence.h"
#include "plugin/upsample_frames.h"
#include "wavebridge/operator_spec.h"

namespace wavebridge::tensorrt {
namespace {

using nvinfer1::PluginFieldType;

/// The attributes of an operator, and what graphs for TensorRT add to its node: the shapes of its
/// constants, if it has any, and the most rows of a call.
std::vector<FieldKind> fields_of(const OperatorSpec& spec) {
  constexpr double kLowest = std::numeric_limits<int32_t>::min();
  constexpr double kHighest = std::numeric_limits<int32_t>::max();
  std::vector<FieldKind> fields;
  for (const AttributeSpec& attribute : spec.attributes) {
    const bool whole =
        attribute.kind == AttributeKind::kInteger || attribute.kind == AttributeKind::kIntegers;
    const bool list =
        attribute.kind == AttributeKind::kIntegers || attribute.kind == AttributeKind::kNumbers;
    fields.push_back({attribute.name, whole ? PluginFieldType::kINT32 : PluginFieldType::kFLOAT32,
                      list || attribute.optional, attribute.optional, attribute.lowest,
                      attribute.highest});
  }
  for (const TensorSpec& input : spec.inputs) {
    if (input.kind != TensorKind::kValues && input.kind != TensorKind::kIntegers) {
      fields.push_back(
          {"constant_shapes", PluginFieldType::kINT32, true, false, kLowest, kHighest});
      break;
    }
  }
  fields.push_back({"most_rows", PluginFieldType::kINT32, false, false, kLowest, kHighest});
  return fields;
}

/// The registry: a line for each operator, or for all of a network.
std::vector<OperatorKind> all() {
  std::vector<OperatorKind> kinds = {operator_kind("BlockSparseGemm", block_sparse_gemm),
                                     operator_kind("UpsampleFrames", upsample_frames),
                                     operator_kind("InterpolateFrames", interpolate_frames)};
  add_sequence<DualSoftmaxTraits>(kinds);
  add_sequence<ResidualGruTraits>(kinds);
  return kinds;
}

}  // namespace

OperatorKind operator_kind(const std::string& name,
                           std::unique_ptr<Operator> (*make)(const OperatorKind&, const Fields&)) {
  const OperatorSpec* spec = find_operator(name);
  return {name, spec, spec == nullptr ? std::vector<FieldKind>{} : fields_of(*spec), make};
}

const std::vector<OperatorKind>& operators() {
  static const std::vector<OperatorKind> kinds = all();
  return kinds;
}

}  // namespace wavebridge::tensorrt
