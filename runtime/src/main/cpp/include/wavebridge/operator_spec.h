#ifndef WAVEBRIDGE_OPERATOR_SPEC_H_
#define WAVEBRIDGE_OPERATOR_SPEC_H_

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace wavebridge {

/// What an input of an operator is.
enum class TensorKind {
  kValues,      ///< f32, computed by other nodes
  kIntegers,    ///< int64, computed by other nodes
  kConstant,    ///< f32, of the model
  kWeight,      ///< three tensors of the model: blocks, columns, rows
  kInt8Weight,  ///< four: int8 blocks, columns, rows, scales
};

struct TensorSpec {
  const char* name;
  TensorKind kind;
};

/// What values an attribute has.
enum class AttributeKind {
  kInteger,
  kIntegers,
  kNumber,         ///< a float
  kNumberBetween,  ///< a float that is neither the lowest nor the highest
  kNumbers,        ///< finite floats
};

struct AttributeSpec {
  const char* name;
  AttributeKind kind;
  double lowest;
  double highest;
  bool optional;
};

/// An operator as the Java module graphs declares it.
struct OperatorSpec {
  std::string name;
  std::vector<TensorSpec> inputs;
  size_t outputs;
  std::vector<AttributeSpec> attributes;
};

/// All operators that are declared.
inline const std::vector<OperatorSpec>& operator_specs() {
  static const std::vector<OperatorSpec> specs = {
#include "wavebridge/operators.inc"
  };
  return specs;
}

/// An operator, or null if none of that name is declared.
inline const OperatorSpec* find_operator(const std::string& name) {
  for (const OperatorSpec& spec : operator_specs()) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

}  // namespace wavebridge

#endif  // WAVEBRIDGE_OPERATOR_SPEC_H_
