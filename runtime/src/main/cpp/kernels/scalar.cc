// Plain C++, compiled without special instructions: runs everywhere and defines the answer.
#define WB_LEVEL scalar
#define WB_LANES "kernels/lanes_scalar.h"
#define WB_INT8 "kernels/int8_scalar.h"
#include "kernels/level.inc"
