// Compiled with WebAssembly's vectors of 128 bits, which every engine of today has.
#define WB_LEVEL simd128
#define WB_LANES "kernels/lanes_simd128.h"
#define WB_INT8 "kernels/int8_simd128.h"
#include "kernels/level.inc"
