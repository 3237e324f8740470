#ifndef WAVEBRIDGE_TENSORRT_DUAL_SOFTMAX_H_
#define WAVEBRIDGE_TENSORRT_DUAL_SOFTMAX_H_

#include <memory>

#include "plugin/operator.h"

namespace wavebridge::tensorrt {

std::unique_ptr<Operator> dual_softmax(const OperatorKind& kind, const Fields& fields);

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_DUAL_SOFTMAX_H_
