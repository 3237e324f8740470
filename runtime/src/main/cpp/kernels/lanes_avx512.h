#ifndef WAVEBRIDGE_KERNELS_LANES_AVX512_H_
#define WAVEBRIDGE_KERNELS_LANES_AVX512_H_

// Sixteen lanes in one AVX-512 register. Every function does what its namesake in lanes_scalar.h
// does, to the bit.

#include "kernels/base.inc"

namespace wavebridge {
namespace {

/// Batch rows that share one pass over a panel, at most, and partial sums that such a pass adds to:
/// what fits into the registers. Broadcasts of activations are what the load units are busy with,
/// so many rows share each weight and few sums are open.
inline constexpr int kRowsTogether = 8;
inline constexpr int kSumsTogether = 2;
/// Sums that take turns to hide how long a multiply-add takes, and still fit into the registers.
inline constexpr int kIndependentSums = 10;

struct Lanes {
  __m512 v;
};
struct Ints {
  __m512i v;
};

WB_INLINE Lanes load(const float* p) { return {_mm512_loadu_ps(p)}; }
WB_INLINE void store(Lanes x, float* p) { _mm512_storeu_ps(p, x.v); }
WB_INLINE Ints load(const int32_t* p) { return {_mm512_loadu_si512(p)}; }
WB_INLINE void store(Ints x, int32_t* p) { _mm512_storeu_si512(p, x.v); }
WB_INLINE Lanes splat(float x) { return {_mm512_set1_ps(x)}; }
WB_INLINE Ints splat(int32_t x) { return {_mm512_set1_epi32(x)}; }
WB_INLINE Lanes fma(Lanes x, Lanes y, Lanes z) { return {_mm512_fmadd_ps(x.v, y.v, z.v)}; }
WB_INLINE Lanes add(Lanes x, Lanes y) { return {_mm512_add_ps(x.v, y.v)}; }
WB_INLINE Lanes sub(Lanes x, Lanes y) { return {_mm512_sub_ps(x.v, y.v)}; }
WB_INLINE Lanes mul(Lanes x, Lanes y) { return {_mm512_mul_ps(x.v, y.v)}; }
WB_INLINE Lanes div(Lanes x, Lanes y) { return {_mm512_div_ps(x.v, y.v)}; }
WB_INLINE Lanes square_root(Lanes x) { return {_mm512_sqrt_ps(x.v)}; }
WB_INLINE Lanes larger(Lanes x, Lanes y) { return {_mm512_max_ps(x.v, y.v)}; }
WB_INLINE Lanes smaller(Lanes x, Lanes y) { return {_mm512_min_ps(x.v, y.v)}; }
WB_INLINE Lanes if_less(Lanes x, Lanes y, Lanes yes, Lanes no) {
  return {_mm512_mask_blend_ps(_mm512_cmp_ps_mask(x.v, y.v, _CMP_LT_OQ), no.v, yes.v)};
}
WB_INLINE float largest(Lanes x) { return _mm512_reduce_max_ps(x.v); }
WB_INLINE Ints bits(Lanes x) { return {_mm512_castps_si512(x.v)}; }
WB_INLINE Lanes from_bits(Ints x) { return {_mm512_castsi512_ps(x.v)}; }
WB_INLINE Ints add(Ints x, Ints y) { return {_mm512_add_epi32(x.v, y.v)}; }
WB_INLINE Ints sub(Ints x, Ints y) { return {_mm512_sub_epi32(x.v, y.v)}; }
WB_INLINE Ints bit_and(Ints x, Ints y) { return {_mm512_and_si512(x.v, y.v)}; }
WB_INLINE Ints bit_or(Ints x, Ints y) { return {_mm512_or_si512(x.v, y.v)}; }
WB_INLINE Ints shift_left_23(Ints x) { return {_mm512_slli_epi32(x.v, 23)}; }
WB_INLINE Ints arithmetic_shift_right_23(Ints x) { return {_mm512_srai_epi32(x.v, 23)}; }
WB_INLINE Ints at_least_zero(Ints x) { return {_mm512_max_epi32(x.v, _mm512_setzero_si512())}; }
WB_INLINE Lanes to_float(Ints x) { return {_mm512_cvtepi32_ps(x.v)}; }
WB_INLINE Ints to_int(Lanes x) { return {_mm512_cvtps_epi32(x.v)}; }
WB_INLINE int32_t sum(Ints x) { return _mm512_reduce_add_epi32(x.v); }
WB_INLINE Lanes load_quads(const float* x, const int32_t* columns) {
  const __m256 low = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(x + columns[0])),
                                          _mm_loadu_ps(x + columns[1]), 1);
  const __m256 high = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(x + columns[2])),
                                           _mm_loadu_ps(x + columns[3]), 1);
  return {_mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1)};
}
WB_INLINE Lanes splat_quad(const float* x) { return {_mm512_broadcast_f32x4(_mm_loadu_ps(x))}; }
WB_INLINE Lanes sums_of_quads(Lanes a, Lanes b, Lanes c, Lanes d) {
  const __m512 ab =
      _mm512_add_ps(_mm512_shuffle_ps(a.v, b.v, 0x88), _mm512_shuffle_ps(a.v, b.v, 0xdd));
  const __m512 cd =
      _mm512_add_ps(_mm512_shuffle_ps(c.v, d.v, 0x88), _mm512_shuffle_ps(c.v, d.v, 0xdd));
  return {_mm512_add_ps(_mm512_shuffle_ps(ab, cd, 0x88), _mm512_shuffle_ps(ab, cd, 0xdd))};
}

}  // namespace
}  // namespace wavebridge

#endif  // WAVEBRIDGE_KERNELS_LANES_AVX512_H_
