#ifndef WAVEBRIDGE_TENSORRT_RESIDUAL_GRU_H_
#define WAVEBRIDGE_TENSORRT_RESIDUAL_GRU_H_

#include <memory>

#include "plugin/operator.h"

namespace wavebridge::tensorrt {

std::unique_ptr<Operator> residual_gru(const OperatorKind& kind, const Fields& fields);

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_RESIDUAL_GRU_H_
