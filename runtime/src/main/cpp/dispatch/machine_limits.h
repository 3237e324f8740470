#ifndef WAVEBRIDGE_DISPATCH_MACHINE_LIMITS_H_
#define WAVEBRIDGE_DISPATCH_MACHINE_LIMITS_H_

#include <cstdint>

#include "wavebridge/kernels.h"

namespace wavebridge {

/// Bytes per second at which this thread reads a buffer of `bytes` over and over: the bandwidth of
/// the cache that it fits. At least 4096 are read.
///
/// @throws std::bad_alloc if there is no such memory
double read_bandwidth(const Kernels& kernels, int64_t bytes);

/// Multiply-adds per second of this thread with operands at hand, in f32 or of int8 values.
double multiply_add_rate(const Kernels& kernels, bool int8);

}  // namespace wavebridge

#endif  // WAVEBRIDGE_DISPATCH_MACHINE_LIMITS_H_
