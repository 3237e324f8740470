#ifndef WAVEBRIDGE_GPU_CHECK_STOPWATCH_H_
#define WAVEBRIDGE_GPU_CHECK_STOPWATCH_H_

#include <functional>

namespace wavebridge::gpu_check {

/// Seconds that the device takes for what `queue` puts on the default stream.
double seconds_of(const std::function<void()>& queue);

}  // namespace wavebridge::gpu_check

#endif  // WAVEBRIDGE_GPU_CHECK_STOPWATCH_H_
