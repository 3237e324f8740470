#ifndef WAVEBRIDGE_TENSORRT_SUBSCALE_FIELDS_H_
#define WAVEBRIDGE_TENSORRT_SUBSCALE_FIELDS_H_

#include <vector>

#include "plugin/constants.h"
#include "plugin/fields.h"

namespace wavebridge::tensorrt {

/// Every plugin's that has constants: their shapes, and the most rows of a call.
std::vector<FieldKind> with_common_fields(std::vector<FieldKind> own);

/// What only the ...SubscaleGenerate operators have.
class SubscaleFields {
 public:
  static std::vector<FieldKind> added_to(std::vector<FieldKind> own);
  /// Reads the attributes, and the last constants.
  SubscaleFields(const Fields& fields, Constants& constants);

  /// Valid as long as this object.
  const cuda::Subscale* get() const { return &subscale_; }

 private:
  std::vector<cuda::ContextLayer> layers_;
  cuda::Subscale subscale_;
};

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_SUBSCALE_FIELDS_H_
