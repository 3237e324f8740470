#ifndef WAVEBRIDGE_KERNELS_LANES_SIMD128_H_
#define WAVEBRIDGE_KERNELS_LANES_SIMD128_H_

// Sixteen lanes in four of WebAssembly's vectors. Every function does what its namesake in
// lanes_scalar.h does, to the bit.

#include "kernels/base.inc"

namespace wavebridge {
namespace {

/// Batch rows that share one pass over a panel, at most, and partial sums that such a pass adds to:
/// what fits into the registers.
inline constexpr int kRowsTogether = 2;
inline constexpr int kSumsTogether = 1;
/// Sums that take turns to hide how long a multiply-add takes, and still fit into the registers.
inline constexpr int kIndependentSums = 2;

inline constexpr int kQuarters = 4;

struct Lanes {
  v128_t v[kQuarters];
};
struct Ints {
  v128_t v[kQuarters];
};

#define WB_EACH_QUARTER WB_UNROLL for (int i = 0; i < kQuarters; i++)

WB_INLINE Lanes load(const float* p) {
  Lanes r;
  WB_EACH_QUARTER r.v[i] = wasm_v128_load(p + 4 * i);
  return r;
}
WB_INLINE void store(Lanes a, float* p) { WB_EACH_QUARTER wasm_v128_store(p + 4 * i, a.v[i]); }
WB_INLINE Ints load(const int32_t* p) {
  Ints r;
  WB_EACH_QUARTER r.v[i] = wasm_v128_load(p + 4 * i);
  return r;
}
WB_INLINE void store(Ints a, int32_t* p) { WB_EACH_QUARTER wasm_v128_store(p + 4 * i, a.v[i]); }
WB_INLINE Lanes splat(float x) {
  const v128_t v = wasm_f32x4_splat(x);
  return {{v, v, v, v}};
}
WB_INLINE Ints splat(int32_t x) {
  const v128_t v = wasm_i32x4_splat(x);
  return {{v, v, v, v}};
}

__attribute__((noinline)) Lanes fma_one_by_one(const Lanes& a, const Lanes& b, const Lanes& c) {
  float x[kLanes], y[kLanes], z[kLanes];
  store(a, x);
  store(b, y);
  store(c, z);
  for (int i = 0; i < kLanes; i++) x[i] = fused(x[i], y[i], z[i]);
  return load(x);
}
/// The upper two numbers of four, as binary64.
WB_INLINE v128_t promote_high(v128_t a) {
  return wasm_f64x2_promote_low_f32x4(wasm_i64x2_shuffle(a, a, 1, 1));
}
/// These vectors have no fused multiply-add. In binary64 the product is exact, so that only the sum
/// and then the result are rounded. Twice is as good as once, unless the sum lies half-way between
/// two results.
WB_INLINE Lanes fma(Lanes a, Lanes b, Lanes c) {
  Lanes r;
  v128_t doubtful = wasm_i32x4_splat(0);
  WB_EACH_QUARTER {
    const v128_t low = wasm_f64x2_add(
        wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(a.v[i]), wasm_f64x2_promote_low_f32x4(b.v[i])),
        wasm_f64x2_promote_low_f32x4(c.v[i]));
    const v128_t high = wasm_f64x2_add(wasm_f64x2_mul(promote_high(a.v[i]), promote_high(b.v[i])),
                                       promote_high(c.v[i]));
    r.v[i] = wasm_i64x2_shuffle(wasm_f32x4_demote_f64x2_zero(low),
                                wasm_f32x4_demote_f64x2_zero(high), 0, 2);
    // Half-way, as 29 bits are left out, or a result below 2^-126, for which more are. A sum that
    // is rounded is never so small that it becomes 0.
    const v128_t lowest = wasm_i32x4_shuffle(low, high, 0, 2, 4, 6);
    const v128_t half = wasm_i32x4_eq(wasm_v128_and(lowest, wasm_i32x4_splat(0x1fffffff)),
                                      wasm_i32x4_splat(0x10000000));
    const v128_t magnitude = wasm_v128_and(r.v[i], wasm_i32x4_splat(INT32_MAX));
    const v128_t tiny =
        wasm_u32x4_lt(wasm_i32x4_sub(magnitude, wasm_i32x4_splat(1)), wasm_i32x4_splat(0x00800000));
    doubtful = wasm_v128_or(doubtful, wasm_v128_or(half, tiny));
  }
  if (__builtin_expect(wasm_v128_any_true(doubtful), 0)) return fma_one_by_one(a, b, c);
  return r;
}
WB_INLINE Lanes add(Lanes a, Lanes b) {
  WB_EACH_QUARTER a.v[i] = wasm_f32x4_add(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Lanes sub(Lanes a, Lanes b) {
  WB_EACH_QUARTER a.v[i] = wasm_f32x4_sub(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Lanes mul(Lanes a, Lanes b) {
  WB_EACH_QUARTER a.v[i] = wasm_f32x4_mul(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Lanes div(Lanes a, Lanes b) {
  WB_EACH_QUARTER a.v[i] = wasm_f32x4_div(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Lanes square_root(Lanes a) {
  WB_EACH_QUARTER a.v[i] = wasm_f32x4_sqrt(a.v[i]);
  return a;
}
// The pseudo-maximum of x and y is `x < y ? y : x`.
WB_INLINE Lanes larger(Lanes a, Lanes b) {
  WB_EACH_QUARTER a.v[i] = wasm_f32x4_pmax(b.v[i], a.v[i]);
  return a;
}
WB_INLINE Lanes smaller(Lanes a, Lanes b) {
  WB_EACH_QUARTER a.v[i] = wasm_f32x4_pmin(b.v[i], a.v[i]);
  return a;
}
WB_INLINE Lanes if_less(Lanes a, Lanes b, Lanes yes, Lanes no) {
  WB_EACH_QUARTER yes.v[i] = wasm_v128_bitselect(yes.v[i], no.v[i], wasm_f32x4_lt(a.v[i], b.v[i]));
  return yes;
}
WB_INLINE float largest(Lanes a) {
  const v128_t four =
      wasm_f32x4_pmax(wasm_f32x4_pmax(a.v[0], a.v[1]), wasm_f32x4_pmax(a.v[2], a.v[3]));
  const v128_t two = wasm_f32x4_pmax(four, wasm_i32x4_shuffle(four, four, 2, 3, 0, 1));
  const float first = wasm_f32x4_extract_lane(two, 0), second = wasm_f32x4_extract_lane(two, 1);
  return second > first ? second : first;
}
WB_INLINE Ints bits(Lanes a) { return {{a.v[0], a.v[1], a.v[2], a.v[3]}}; }
WB_INLINE Lanes from_bits(Ints a) { return {{a.v[0], a.v[1], a.v[2], a.v[3]}}; }
WB_INLINE Ints add(Ints a, Ints b) {
  WB_EACH_QUARTER a.v[i] = wasm_i32x4_add(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Ints sub(Ints a, Ints b) {
  WB_EACH_QUARTER a.v[i] = wasm_i32x4_sub(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Ints bit_and(Ints a, Ints b) {
  WB_EACH_QUARTER a.v[i] = wasm_v128_and(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Ints bit_or(Ints a, Ints b) {
  WB_EACH_QUARTER a.v[i] = wasm_v128_or(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Ints shift_left_23(Ints a) {
  WB_EACH_QUARTER a.v[i] = wasm_i32x4_shl(a.v[i], 23);
  return a;
}
WB_INLINE Ints arithmetic_shift_right_23(Ints a) {
  WB_EACH_QUARTER a.v[i] = wasm_i32x4_shr(a.v[i], 23);
  return a;
}
WB_INLINE Ints at_least_zero(Ints a) {
  WB_EACH_QUARTER a.v[i] = wasm_i32x4_max(a.v[i], wasm_i32x4_splat(0));
  return a;
}
WB_INLINE Lanes to_float(Ints a) {
  Lanes r;
  WB_EACH_QUARTER r.v[i] = wasm_f32x4_convert_i32x4(a.v[i]);
  return r;
}
WB_INLINE Ints to_int(Lanes a) {
  Ints r;
  // The conversion itself saturates and makes 0 of a NaN; only what is too small comes out right.
  WB_EACH_QUARTER r.v[i] = wasm_v128_bitselect(
      wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(a.v[i])), wasm_i32x4_splat(INT32_MIN),
      wasm_f32x4_lt(a.v[i], wasm_f32x4_splat(0x1p31f)));
  return r;
}
WB_INLINE int32_t sum(Ints a) {
  const v128_t four =
      wasm_i32x4_add(wasm_i32x4_add(a.v[0], a.v[1]), wasm_i32x4_add(a.v[2], a.v[3]));
  const v128_t two = wasm_i32x4_add(four, wasm_i32x4_shuffle(four, four, 2, 3, 0, 1));
  return wasm_i32x4_extract_lane(two, 0) + wasm_i32x4_extract_lane(two, 1);
}
WB_INLINE Lanes load_quads(const float* x, const int32_t* columns) {
  Lanes r;
  WB_EACH_QUARTER r.v[i] = wasm_v128_load(x + columns[i]);
  return r;
}
WB_INLINE Lanes splat_quad(const float* x) {
  const v128_t quad = wasm_v128_load(x);
  return {{quad, quad, quad, quad}};
}
/// Sums of neighbours: two of `a`, then two of `b`.
WB_INLINE v128_t add_neighbours(v128_t a, v128_t b) {
  return wasm_f32x4_add(wasm_i32x4_shuffle(a, b, 0, 2, 4, 6), wasm_i32x4_shuffle(a, b, 1, 3, 5, 7));
}
WB_INLINE Lanes sums_of_quads(Lanes a, Lanes b, Lanes c, Lanes d) {
  WB_EACH_QUARTER a.v[i] =
      add_neighbours(add_neighbours(a.v[i], b.v[i]), add_neighbours(c.v[i], d.v[i]));
  return a;
}

#undef WB_EACH_QUARTER

}  // namespace
}  // namespace wavebridge

#endif  // WAVEBRIDGE_KERNELS_LANES_SIMD128_H_
