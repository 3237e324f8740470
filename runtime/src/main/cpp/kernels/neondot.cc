// Compiled with NEON and the int8 dot product of Armv8.2.
#define WB_LEVEL neondot
#define WB_LANES "kernels/lanes_neon.h"
#define WB_INT8 "kernels/int8_neon.h"
#include "kernels/level.inc"
