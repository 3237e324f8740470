#include <algorithm>
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

/// The attributes of an operator, and what graphs for TensorRT add to its node: the shapes of its
/// constants, if it has any, and the most rows of a call.
std::vector<AttributeSpec> fields_of(const OperatorSpec& spec) {
  constexpr double kLowest = std::numeric_limits<int32_t>::min();
  constexpr double kHighest = std::numeric_limits<int32_t>::max();
  std::vector<AttributeSpec> fields = spec.attributes;
  const auto is_constant = [](const TensorSpec& input) { return !is_computed(input.kind); };
  if (std::any_of(spec.inputs.begin(), spec.inputs.end(), is_constant)) {
    fields.push_back({"constant_shapes", AttributeKind::kIntegers, kLowest, kHighest, false});
  }
  fields.push_back({"most_rows", AttributeKind::kInteger, kLowest, kHighest, false});
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
  return {name, spec, spec == nullptr ? std::vector<AttributeSpec>{} : fields_of(*spec), make};
}

const std::vector<OperatorKind>& operators() {
  static const std::vector<OperatorKind> kinds = all();
  return kinds;
}

}  // namespace wavebridge::tensorrt
