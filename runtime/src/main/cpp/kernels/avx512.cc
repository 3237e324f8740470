// Compiled with AVX-512 F, BW, DQ and VL.
#define WB_LEVEL avx512
#define WB_LANES "kernels/lanes_avx512.h"
#define WB_INT8 "kernels/int8_avx512.h"
#include "kernels/level.inc"
