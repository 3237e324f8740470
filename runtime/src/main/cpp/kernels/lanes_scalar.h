#ifndef WAVEBRIDGE_KERNELS_LANES_SCALAR_H_
#define WAVEBRIDGE_KERNELS_LANES_SCALAR_H_

// Sixteen lanes in plain C++: the definition that the other levels copy. It includes no header of a
// library, so that no inline function of one is compiled for a special level.

#include "kernels/base.inc"

namespace wavebridge {
namespace {

/// Batch rows that share one pass over a panel, at most, and partial sums that such a pass adds to:
/// what fits into the registers.
inline constexpr int kRowsTogether = 1;
inline constexpr int kSumsTogether = 4;
/// Sums that take turns to hide how long a multiply-add takes, and still fit into the registers.
inline constexpr int kIndependentSums = 4;

/// Four numbers, on which the compiler's operators work one by one, as IEEE 754 says.
typedef float FourFloats __attribute__((vector_size(16)));
typedef uint32_t FourInts __attribute__((vector_size(16)));
typedef int32_t FourSignedInts __attribute__((vector_size(16)));

/// Sixteen floats.
struct Lanes {
  FourFloats v[4];
};
/// Sixteen 32-bit integers, kept unsigned so that they wrap around.
struct Ints {
  FourInts v[4];
};

#define WB_EACH_FOUR for (int i = 0; i < 4; i++)

WB_INLINE Lanes load(const float* p) {
  Lanes r;
  memcpy(r.v, p, sizeof r.v);
  return r;
}
WB_INLINE void store(Lanes a, float* p) { memcpy(p, a.v, sizeof a.v); }
WB_INLINE Ints load(const int32_t* p) {
  Ints r;
  memcpy(r.v, p, sizeof r.v);
  return r;
}
WB_INLINE void store(Ints a, int32_t* p) { memcpy(p, a.v, sizeof a.v); }
WB_INLINE Lanes splat(float x) {
  Lanes r;
  WB_EACH_FOUR r.v[i] = FourFloats{x, x, x, x};
  return r;
}
WB_INLINE Ints splat(int32_t x) {
  const uint32_t u = static_cast<uint32_t>(x);
  Ints r;
  WB_EACH_FOUR r.v[i] = FourInts{u, u, u, u};
  return r;
}
/// Not inlined: sixteen calls of the C library at each of its many places would take the compiler
/// minutes.
__attribute__((noinline)) Lanes fma(const Lanes& a, const Lanes& b, const Lanes& c) {
  float x[kLanes], y[kLanes], z[kLanes];
  store(a, x);
  store(b, y);
  store(c, z);
  for (int i = 0; i < kLanes; i++) x[i] = fused(x[i], y[i], z[i]);
  return load(x);
}
WB_INLINE Lanes add(Lanes a, Lanes b) {
  WB_EACH_FOUR a.v[i] = a.v[i] + b.v[i];
  return a;
}
WB_INLINE Lanes sub(Lanes a, Lanes b) {
  WB_EACH_FOUR a.v[i] = a.v[i] - b.v[i];
  return a;
}
WB_INLINE Lanes mul(Lanes a, Lanes b) {
  WB_EACH_FOUR a.v[i] = a.v[i] * b.v[i];
  return a;
}
WB_INLINE Lanes div(Lanes a, Lanes b) {
  WB_EACH_FOUR a.v[i] = a.v[i] / b.v[i];
  return a;
}
__attribute__((noinline)) Lanes square_root(const Lanes& a) {
  float x[kLanes];
  store(a, x);
  for (int i = 0; i < kLanes; i++) x[i] = __builtin_sqrtf(x[i]);
  return load(x);
}
/// `a > b ? a : b`: b where either is NaN.
WB_INLINE Lanes larger(Lanes a, Lanes b) {
  WB_EACH_FOUR a.v[i] = a.v[i] > b.v[i] ? a.v[i] : b.v[i];
  return a;
}
/// `a < b ? a : b`: b where either is NaN.
WB_INLINE Lanes smaller(Lanes a, Lanes b) {
  WB_EACH_FOUR a.v[i] = a.v[i] < b.v[i] ? a.v[i] : b.v[i];
  return a;
}
/// `a < b ? yes : no`.
WB_INLINE Lanes if_less(Lanes a, Lanes b, Lanes yes, Lanes no) {
  WB_EACH_FOUR yes.v[i] = a.v[i] < b.v[i] ? yes.v[i] : no.v[i];
  return yes;
}
/// The largest lane of numbers that are not NaN.
WB_INLINE float largest(Lanes a) {
  float x[kLanes];
  store(a, x);
  float r = x[0];
  for (int i = 1; i < kLanes; i++) r = x[i] > r ? x[i] : r;
  return r;
}
WB_INLINE Ints bits(Lanes a) {
  Ints r;
  WB_EACH_FOUR r.v[i] = reinterpret_cast<FourInts>(a.v[i]);
  return r;
}
WB_INLINE Lanes from_bits(Ints a) {
  Lanes r;
  WB_EACH_FOUR r.v[i] = reinterpret_cast<FourFloats>(a.v[i]);
  return r;
}
WB_INLINE Ints add(Ints a, Ints b) {
  WB_EACH_FOUR a.v[i] += b.v[i];
  return a;
}
WB_INLINE Ints sub(Ints a, Ints b) {
  WB_EACH_FOUR a.v[i] -= b.v[i];
  return a;
}
WB_INLINE Ints bit_and(Ints a, Ints b) {
  WB_EACH_FOUR a.v[i] &= b.v[i];
  return a;
}
WB_INLINE Ints bit_or(Ints a, Ints b) {
  WB_EACH_FOUR a.v[i] |= b.v[i];
  return a;
}
WB_INLINE Ints shift_left_23(Ints a) {
  WB_EACH_FOUR a.v[i] <<= 23;
  return a;
}
WB_INLINE Ints arithmetic_shift_right_23(Ints a) {
  WB_EACH_FOUR a.v[i] = reinterpret_cast<FourInts>(reinterpret_cast<FourSignedInts>(a.v[i]) >> 23);
  return a;
}
/// Signed maximum with 0.
WB_INLINE Ints at_least_zero(Ints a) {
  WB_EACH_FOUR {
    const FourSignedInts x = reinterpret_cast<FourSignedInts>(a.v[i]);
    a.v[i] = reinterpret_cast<FourInts>(x > 0 ? x : x - x);
  }
  return a;
}
WB_INLINE Lanes to_float(Ints a) {
  Lanes r;
  WB_EACH_FOUR {
    r.v[i] = __builtin_convertvector(reinterpret_cast<FourSignedInts>(a.v[i]), FourFloats);
  }
  return r;
}
/// Nearest integer, ties to even; the smallest integer for NaN and what does not fit.
__attribute__((noinline)) Ints to_int(const Lanes& a) {
  float x[kLanes];
  int32_t q[kLanes];
  store(a, x);
  for (int i = 0; i < kLanes; i++) {
    const float nearest = __builtin_rintf(x[i]);
    const bool fits = nearest >= -0x1p31f && nearest < 0x1p31f;
    q[i] = fits ? static_cast<int32_t>(nearest) : INT32_MIN;
  }
  return load(q);
}
/// Sum of sixteen integers of at most 2^24.
WB_INLINE int32_t sum(Ints a) {
  const FourInts r = (a.v[0] + a.v[1]) + (a.v[2] + a.v[3]);
  return static_cast<int32_t>(r[0] + r[1] + r[2] + r[3]);
}
/// The four quads of `x` that begin at four columns.
WB_INLINE Lanes load_quads(const float* x, const int32_t* columns) {
  Lanes r;
  WB_EACH_FOUR memcpy(&r.v[i], x + columns[i], sizeof r.v[i]);
  return r;
}
/// One quad, four times.
WB_INLINE Lanes splat_quad(const float* x) {
  Lanes r;
  WB_EACH_FOUR memcpy(&r.v[i], x, sizeof r.v[i]);
  return r;
}
/// The sums of the quads of four registers, `(0 + 1) + (2 + 3)`: lane 4 i + q is that of quad i of
/// register q.
WB_INLINE Lanes sums_of_quads(Lanes a, Lanes b, Lanes c, Lanes d) {
  const Lanes* const all[4] = {&a, &b, &c, &d};
  Lanes r;
  WB_EACH_FOUR {
    for (int q = 0; q < 4; q++) {
      const FourFloats quad = all[q]->v[i];
      r.v[i][q] = (quad[0] + quad[1]) + (quad[2] + quad[3]);
    }
  }
  return r;
}

#undef WB_EACH_FOUR

}  // namespace
}  // namespace wavebridge

#endif  // WAVEBRIDGE_KERNELS_LANES_SCALAR_H_
