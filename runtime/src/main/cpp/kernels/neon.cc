// Compiled with what every 64-bit Arm CPU has.
#define WB_LEVEL neon
#define WB_LANES "kernels/lanes_neon.h"
#define WB_INT8 "kernels/int8_neon.h"
#include "kernels/level.inc"
