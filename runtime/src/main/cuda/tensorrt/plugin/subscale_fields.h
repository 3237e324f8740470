#ifndef WAVEBRIDGE_TENSORRT_SUBSCALE_FIELDS_H_
#define WAVEBRIDGE_TENSORRT_SUBSCALE_FIELDS_H_

#include <vector>

#include "plugin/constants.h"
#include "plugin/fields.h"

namespace wavebridge::tensorrt {

/// The fields that only the ...SubscaleGenerate operators have.
class SubscaleFields {
 public:
  /// Reads the attributes, and the last constants.
  SubscaleFields(const Fields& fields, DeclaredConstants& constants);

  /// Valid as long as this object.
  const cuda::Subscale* get() const { return &subscale_; }

 private:
  std::vector<cuda::ContextLayer> layers_;
  cuda::Subscale subscale_;
};

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_SUBSCALE_FIELDS_H_
