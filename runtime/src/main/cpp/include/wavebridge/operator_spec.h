#ifndef WAVEBRIDGE_OPERATOR_SPEC_H_
#define WAVEBRIDGE_OPERATOR_SPEC_H_

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace wavebridge {

/// The kinds of inputs of an operator.
enum class TensorKind {
  kValues,      ///< f32, computed by other nodes
  kIntegers,    ///< int64, computed by other nodes
  kConstant,    ///< f32, of the model
  kWeight,      ///< three tensors of the model: blocks, columns, rows
  kInt8Weight,  ///< four: int8 blocks, columns, rows, scales
};

/// Whether other nodes compute it; else it is a constant of the model.
inline bool is_computed(TensorKind kind) {
  return kind == TensorKind::kValues || kind == TensorKind::kIntegers;
}

struct TensorSpec {
  const char* name;
  TensorKind kind;
};

/// The kinds of values of an attribute.
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

/// The constants of an operator, row by row as they are declared.
class ConstantRows {
 public:
  explicit ConstantRows(const OperatorSpec& spec) : spec_(spec) {
    // The inputs that other nodes compute come first, each one input.
    while (next_ < spec.inputs.size() && is_computed(spec.inputs[next_].kind)) next_++;
  }

  /// The index of the next one among the declared inputs.
  size_t index() const { return next_; }
  /// The next one.
  const TensorSpec& next() {
    if (next_ >= spec_.inputs.size()) {
      throw std::logic_error(spec_.name + ": no more constants are declared");
    }
    return spec_.inputs[next_++];
  }
  /// The next one, which is of some kind; its name.
  const char* next(TensorKind kind) {
    const TensorSpec& row = next();
    if (row.kind != kind) {
      throw std::logic_error(spec_.name + ": " + row.name + " is declared otherwise");
    }
    return row.name;
  }

 private:
  const OperatorSpec& spec_;
  size_t next_ = 0;
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_OPERATOR_SPEC_H_
