#ifndef WAVEBRIDGE_KERNELS_LANES_AVX2_H_
#define WAVEBRIDGE_KERNELS_LANES_AVX2_H_

// Sixteen lanes in two AVX2 registers. Every function does what its namesake in lanes_scalar.h
// does, to the bit.

#include "kernels/base.inc"

namespace wavebridge {
namespace {

/// Batch rows that share one pass over a panel, at most, and partial sums that such a pass adds to:
/// what fits into the registers.
inline constexpr int kRowsTogether = 4;
inline constexpr int kSumsTogether = 1;
/// Sums that take turns to hide how long a multiply-add takes, and still fit into the registers.
inline constexpr int kIndependentSums = 5;

struct Lanes {
  __m256 a, b;
};
struct Ints {
  __m256i a, b;
};

WB_INLINE Lanes load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
WB_INLINE void store(Lanes x, float* p) {
  _mm256_storeu_ps(p, x.a);
  _mm256_storeu_ps(p + 8, x.b);
}
WB_INLINE Ints load(const int32_t* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 8))};
}
WB_INLINE void store(Ints x, int32_t* p) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), x.a);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + 8), x.b);
}
WB_INLINE Lanes splat(float x) {
  const __m256 v = _mm256_set1_ps(x);
  return {v, v};
}
WB_INLINE Ints splat(int32_t x) {
  const __m256i v = _mm256_set1_epi32(x);
  return {v, v};
}
WB_INLINE Lanes fma(Lanes x, Lanes y, Lanes z) {
  return {_mm256_fmadd_ps(x.a, y.a, z.a), _mm256_fmadd_ps(x.b, y.b, z.b)};
}
WB_INLINE Lanes add(Lanes x, Lanes y) { return {_mm256_add_ps(x.a, y.a), _mm256_add_ps(x.b, y.b)}; }
WB_INLINE Lanes sub(Lanes x, Lanes y) { return {_mm256_sub_ps(x.a, y.a), _mm256_sub_ps(x.b, y.b)}; }
WB_INLINE Lanes mul(Lanes x, Lanes y) { return {_mm256_mul_ps(x.a, y.a), _mm256_mul_ps(x.b, y.b)}; }
WB_INLINE Lanes div(Lanes x, Lanes y) { return {_mm256_div_ps(x.a, y.a), _mm256_div_ps(x.b, y.b)}; }
WB_INLINE Lanes square_root(Lanes x) { return {_mm256_sqrt_ps(x.a), _mm256_sqrt_ps(x.b)}; }
WB_INLINE Lanes larger(Lanes x, Lanes y) {
  return {_mm256_max_ps(x.a, y.a), _mm256_max_ps(x.b, y.b)};
}
WB_INLINE Lanes smaller(Lanes x, Lanes y) {
  return {_mm256_min_ps(x.a, y.a), _mm256_min_ps(x.b, y.b)};
}
WB_INLINE Lanes if_less(Lanes x, Lanes y, Lanes yes, Lanes no) {
  return {_mm256_blendv_ps(no.a, yes.a, _mm256_cmp_ps(x.a, y.a, _CMP_LT_OQ)),
          _mm256_blendv_ps(no.b, yes.b, _mm256_cmp_ps(x.b, y.b, _CMP_LT_OQ))};
}
WB_INLINE float largest(Lanes x) {
  const __m256 m = _mm256_max_ps(x.a, x.b);
  __m128 h = _mm_max_ps(_mm256_castps256_ps128(m), _mm256_extractf128_ps(m, 1));
  h = _mm_max_ps(h, _mm_movehl_ps(h, h));
  return _mm_cvtss_f32(_mm_max_ss(h, _mm_movehdup_ps(h)));
}
WB_INLINE Ints bits(Lanes x) { return {_mm256_castps_si256(x.a), _mm256_castps_si256(x.b)}; }
WB_INLINE Lanes from_bits(Ints x) { return {_mm256_castsi256_ps(x.a), _mm256_castsi256_ps(x.b)}; }
WB_INLINE Ints add(Ints x, Ints y) {
  return {_mm256_add_epi32(x.a, y.a), _mm256_add_epi32(x.b, y.b)};
}
WB_INLINE Ints sub(Ints x, Ints y) {
  return {_mm256_sub_epi32(x.a, y.a), _mm256_sub_epi32(x.b, y.b)};
}
WB_INLINE Ints bit_and(Ints x, Ints y) {
  return {_mm256_and_si256(x.a, y.a), _mm256_and_si256(x.b, y.b)};
}
WB_INLINE Ints bit_or(Ints x, Ints y) {
  return {_mm256_or_si256(x.a, y.a), _mm256_or_si256(x.b, y.b)};
}
WB_INLINE Ints shift_left_23(Ints x) {
  return {_mm256_slli_epi32(x.a, 23), _mm256_slli_epi32(x.b, 23)};
}
WB_INLINE Ints arithmetic_shift_right_23(Ints x) {
  return {_mm256_srai_epi32(x.a, 23), _mm256_srai_epi32(x.b, 23)};
}
WB_INLINE Ints at_least_zero(Ints x) {
  const __m256i zero = _mm256_setzero_si256();
  return {_mm256_max_epi32(x.a, zero), _mm256_max_epi32(x.b, zero)};
}
WB_INLINE Lanes to_float(Ints x) { return {_mm256_cvtepi32_ps(x.a), _mm256_cvtepi32_ps(x.b)}; }
WB_INLINE Ints to_int(Lanes x) { return {_mm256_cvtps_epi32(x.a), _mm256_cvtps_epi32(x.b)}; }
WB_INLINE int32_t sum(Ints x) {
  const __m256i s = _mm256_add_epi32(x.a, x.b);
  __m128i h = _mm_add_epi32(_mm256_castsi256_si128(s), _mm256_extracti128_si256(s, 1));
  h = _mm_add_epi32(h, _mm_shuffle_epi32(h, 0x4e));
  return _mm_cvtsi128_si32(_mm_add_epi32(h, _mm_shuffle_epi32(h, 0xb1)));
}
WB_INLINE Lanes load_quads(const float* x, const int32_t* columns) {
  return {_mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(x + columns[0])),
                               _mm_loadu_ps(x + columns[1]), 1),
          _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(x + columns[2])),
                               _mm_loadu_ps(x + columns[3]), 1)};
}
WB_INLINE Lanes splat_quad(const float* x) {
  const __m256 quad = _mm256_broadcast_ps(reinterpret_cast<const __m128*>(x));
  return {quad, quad};
}
WB_INLINE Lanes sums_of_quads(Lanes a, Lanes b, Lanes c, Lanes d) {
  const Lanes ab = {_mm256_hadd_ps(a.a, b.a), _mm256_hadd_ps(a.b, b.b)};
  const Lanes cd = {_mm256_hadd_ps(c.a, d.a), _mm256_hadd_ps(c.b, d.b)};
  return {_mm256_hadd_ps(ab.a, cd.a), _mm256_hadd_ps(ab.b, cd.b)};
}

}  // namespace
}  // namespace wavebridge

#endif  // WAVEBRIDGE_KERNELS_LANES_AVX2_H_
