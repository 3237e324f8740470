#ifndef WAVEBRIDGE_TENSORRT_INTERPOLATE_FRAMES_H_
#define WAVEBRIDGE_TENSORRT_INTERPOLATE_FRAMES_H_

#include <memory>

#include "plugin/operator.h"

namespace wavebridge::tensorrt {

std::unique_ptr<Operator> interpolate_frames(const OperatorKind& kind, const Fields& fields);

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_INTERPOLATE_FRAMES_H_
