#ifndef WAVEBRIDGE_TENSORRT_OPERATOR_H_
#define WAVEBRIDGE_TENSORRT_OPERATOR_H_

#include <memory>
#include <string>
#include <vector>

#include "plugin/fields.h"
#include "plugin/signature.h"
#include "wavebridge/operator_spec.h"

namespace wavebridge::tensorrt {

/// The part of one operator of ours in the plugin around it. Functions throw
/// Failure.
class Operator {
 public:
  virtual ~Operator() = default;

  /// Another one with the same fields, not yet prepared.
  virtual std::unique_ptr<Operator> copy() const = 0;
  virtual const Fields& fields() const = 0;
  virtual const Signature& signature() const = 0;
  /// The most rows of a call.
  virtual int64_t most_rows() const = 0;
  /// Whether it makes sense to run on the arbitrary values with which the
  /// builder times a plugin. One that does not gives zeros there.
  virtual bool takes_any_values() const = 0;
  /// Queues a call; the first one also prepares the constants, and waits.
  virtual void run(const Sizes& sizes, const void* const* inputs, void* const* outputs,
                   cudaStream_t stream) = 0;
};

/// An operator as a creator knows it.
struct OperatorKind {
  std::string name;
  const OperatorSpec* spec;  ///< as it is declared
  std::vector<AttributeSpec> fields;
  std::unique_ptr<Operator> (*make)(const OperatorKind& kind, const Fields& fields);
};

/// The kind of an operator that is declared.
OperatorKind operator_kind(const std::string& name,
                           std::unique_ptr<Operator> (*make)(const OperatorKind&, const Fields&));

/// Makes an operator of one type.
template <typename Type>
std::unique_ptr<Operator> make(const OperatorKind& kind, const Fields& fields) {
  return std::make_unique<Type>(kind, fields);
}

/// All there are.
const std::vector<OperatorKind>& operators();

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_OPERATOR_H_
