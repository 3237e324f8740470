#ifndef WAVEBRIDGE_KERNELS_LANES_NEON_H_
#define WAVEBRIDGE_KERNELS_LANES_NEON_H_

// Sixteen lanes in four NEON registers. Every function does what its namesake in lanes_scalar.h
// does, to the bit.

#include "kernels/base.inc"

namespace wavebridge {
namespace {

/// Batch rows that share one pass over a panel, at most, and partial sums that such a pass adds to:
/// what fits into the registers.
inline constexpr int kRowsTogether = 4;
inline constexpr int kSumsTogether = 1;
/// Sums that take turns to hide how long a multiply-add takes, and still fit into the registers.
inline constexpr int kIndependentSums = 4;

inline constexpr int kQuarters = 4;

struct Lanes {
  float32x4_t v[kQuarters];
};
struct Ints {
  int32x4_t v[kQuarters];
};

#define WB_EACH_QUARTER WB_UNROLL for (int i = 0; i < kQuarters; i++)

WB_INLINE Lanes load(const float* p) {
  Lanes r;
  WB_EACH_QUARTER r.v[i] = vld1q_f32(p + 4 * i);
  return r;
}
WB_INLINE void store(Lanes a, float* p) { WB_EACH_QUARTER vst1q_f32(p + 4 * i, a.v[i]); }
WB_INLINE Ints load(const int32_t* p) {
  Ints r;
  WB_EACH_QUARTER r.v[i] = vld1q_s32(p + 4 * i);
  return r;
}
WB_INLINE void store(Ints a, int32_t* p) { WB_EACH_QUARTER vst1q_s32(p + 4 * i, a.v[i]); }
WB_INLINE Lanes splat(float x) {
  const float32x4_t v = vdupq_n_f32(x);
  return {{v, v, v, v}};
}
WB_INLINE Ints splat(int32_t x) {
  const int32x4_t v = vdupq_n_s32(x);
  return {{v, v, v, v}};
}
WB_INLINE Lanes fma(Lanes a, Lanes b, Lanes c) {
  WB_EACH_QUARTER a.v[i] = vfmaq_f32(c.v[i], a.v[i], b.v[i]);
  return a;
}
WB_INLINE Lanes add(Lanes a, Lanes b) {
  WB_EACH_QUARTER a.v[i] = vaddq_f32(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Lanes sub(Lanes a, Lanes b) {
  WB_EACH_QUARTER a.v[i] = vsubq_f32(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Lanes mul(Lanes a, Lanes b) {
  WB_EACH_QUARTER a.v[i] = vmulq_f32(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Lanes div(Lanes a, Lanes b) {
  WB_EACH_QUARTER a.v[i] = vdivq_f32(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Lanes square_root(Lanes a) {
  WB_EACH_QUARTER a.v[i] = vsqrtq_f32(a.v[i]);
  return a;
}
// The maximum and minimum of NEON pass NaN on, so these choose by comparing.
WB_INLINE Lanes larger(Lanes a, Lanes b) {
  WB_EACH_QUARTER a.v[i] = vbslq_f32(vcgtq_f32(a.v[i], b.v[i]), a.v[i], b.v[i]);
  return a;
}
WB_INLINE Lanes smaller(Lanes a, Lanes b) {
  WB_EACH_QUARTER a.v[i] = vbslq_f32(vcltq_f32(a.v[i], b.v[i]), a.v[i], b.v[i]);
  return a;
}
WB_INLINE Lanes if_less(Lanes a, Lanes b, Lanes yes, Lanes no) {
  WB_EACH_QUARTER yes.v[i] = vbslq_f32(vcltq_f32(a.v[i], b.v[i]), yes.v[i], no.v[i]);
  return yes;
}
WB_INLINE float largest(Lanes a) {
  return vmaxvq_f32(vmaxq_f32(vmaxq_f32(a.v[0], a.v[1]), vmaxq_f32(a.v[2], a.v[3])));
}
WB_INLINE Ints bits(Lanes a) {
  Ints r;
  WB_EACH_QUARTER r.v[i] = vreinterpretq_s32_f32(a.v[i]);
  return r;
}
WB_INLINE Lanes from_bits(Ints a) {
  Lanes r;
  WB_EACH_QUARTER r.v[i] = vreinterpretq_f32_s32(a.v[i]);
  return r;
}
// Sums of unsigned integers wrap around; those of signed ones must not, even in vectors.
WB_INLINE Ints add(Ints a, Ints b) {
  WB_EACH_QUARTER a.v[i] = vreinterpretq_s32_u32(
      vaddq_u32(vreinterpretq_u32_s32(a.v[i]), vreinterpretq_u32_s32(b.v[i])));
  return a;
}
WB_INLINE Ints sub(Ints a, Ints b) {
  WB_EACH_QUARTER a.v[i] = vreinterpretq_s32_u32(
      vsubq_u32(vreinterpretq_u32_s32(a.v[i]), vreinterpretq_u32_s32(b.v[i])));
  return a;
}
WB_INLINE Ints bit_and(Ints a, Ints b) {
  WB_EACH_QUARTER a.v[i] = vandq_s32(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Ints bit_or(Ints a, Ints b) {
  WB_EACH_QUARTER a.v[i] = vorrq_s32(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Ints shift_left_23(Ints a) {
  WB_EACH_QUARTER a.v[i] = vshlq_n_s32(a.v[i], 23);
  return a;
}
WB_INLINE Ints arithmetic_shift_right_23(Ints a) {
  WB_EACH_QUARTER a.v[i] = vshrq_n_s32(a.v[i], 23);
  return a;
}
WB_INLINE Ints at_least_zero(Ints a) {
  WB_EACH_QUARTER a.v[i] = vmaxq_s32(a.v[i], vdupq_n_s32(0));
  return a;
}
WB_INLINE Lanes to_float(Ints a) {
  Lanes r;
  WB_EACH_QUARTER r.v[i] = vcvtq_f32_s32(a.v[i]);
  return r;
}
WB_INLINE Ints to_int(Lanes a) {
  Ints r;
  // The conversion itself saturates and makes 0 of a NaN; only what is too small comes out right.
  WB_EACH_QUARTER r.v[i] = vbslq_s32(vcltq_f32(a.v[i], vdupq_n_f32(0x1p31f)),
                                     vcvtnq_s32_f32(a.v[i]), vdupq_n_s32(INT32_MIN));
  return r;
}
WB_INLINE int32_t sum(Ints a) {
  return vaddvq_s32(vaddq_s32(vaddq_s32(a.v[0], a.v[1]), vaddq_s32(a.v[2], a.v[3])));
}
WB_INLINE Lanes load_quads(const float* x, const int32_t* columns) {
  Lanes r;
  WB_EACH_QUARTER r.v[i] = vld1q_f32(x + columns[i]);
  return r;
}
WB_INLINE Lanes splat_quad(const float* x) {
  const float32x4_t quad = vld1q_f32(x);
  return {{quad, quad, quad, quad}};
}
WB_INLINE Lanes sums_of_quads(Lanes a, Lanes b, Lanes c, Lanes d) {
  WB_EACH_QUARTER { a.v[i] = vpaddq_f32(vpaddq_f32(a.v[i], b.v[i]), vpaddq_f32(c.v[i], d.v[i])); }
  return a;
}

#undef WB_EACH_QUARTER

}  // namespace
}  // namespace wavebridge

#endif  // WAVEBRIDGE_KERNELS_LANES_NEON_H_
