// Compiled with AVX2, FMA and AVX-VNNI.
#define WB_LEVEL avx2vnni
#define WB_LANES "kernels/lanes_avx2.h"
#define WB_INT8 "kernels/int8_avx2.h"
#include "kernels/level.inc"
