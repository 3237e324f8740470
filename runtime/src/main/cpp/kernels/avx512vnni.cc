// Compiled with AVX-512 F, BW, DQ, VL, VBMI and VNNI.
#define WB_LEVEL avx512vnni
#define WB_LANES "kernels/lanes_avx512.h"
#define WB_INT8 "kernels/int8_avx512vnni.h"
#include "kernels/level.inc"
