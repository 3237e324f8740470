#ifndef WAVEBRIDGE_KERNELS_INT8_AVX2_H_
#define WAVEBRIDGE_KERNELS_INT8_AVX2_H_

// Products of int8 weights and activations in AVX2, with VNNI where the level has it. Every
// function does what its namesake in int8_scalar.h does.
//
// Without VNNI an activation lends its sign to the weight, for the instruction wants one operand
// without one. Two products of magnitudes up to 127 fit into 16 bits, so nothing saturates. With
// VNNI activations are kept as q + 128, and a row's correction of -128 times the sum of its weights
// makes up for that.

#include "kernels/lanes_avx2.h"

namespace wavebridge {
namespace {

#if defined(__AVXVNNI__)
using Quantised = uint8_t;
inline constexpr int int8_chains(int rows) { return rows == 1 ? 4 : rows == 2 ? 2 : 1; }
#else
using Quantised = int8_t;
inline constexpr int int8_chains(int rows) { return rows == 1 ? 2 : 1; }
#endif
inline constexpr int kInt8RowsTogether = 4;

WB_INLINE void store_quantised(Ints q, Quantised* to) {
  const __m256i low = _mm256_set1_epi32(0xff);
  const __m256i pairs = _mm256_packus_epi32(_mm256_and_si256(q.a, low), _mm256_and_si256(q.b, low));
  const __m256i ordered = _mm256_permute4x64_epi64(pairs, 0xd8);
  __m128i bytes =
      _mm_packus_epi16(_mm256_castsi256_si128(ordered), _mm256_extracti128_si256(ordered, 1));
#if defined(__AVXVNNI__)
  // 128 is the zero: adding it to the low byte flips its highest bit.
  bytes = _mm_xor_si128(bytes, _mm_set1_epi8(-128));
#endif
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
}

/// Eight rows each.
struct Int8Weights {
  __m256i v[2];
};
WB_INLINE Int8Weights load_int8(const int8_t* from) {
  const __m256i* halves = reinterpret_cast<const __m256i*>(from);
  return {{_mm256_loadu_si256(halves), _mm256_loadu_si256(halves + 1)}};
}

struct Int8Sums {
  __m256i v[2];
};
WB_INLINE Int8Sums no_sums() { return {{_mm256_setzero_si256(), _mm256_setzero_si256()}}; }
/// Adds to eight sums the products of eight rows with four activations each.
WB_INLINE __m256i add_products(__m256i sums, __m256i w, __m256i x) {
#if defined(__AVXVNNI__)
  return _mm256_dpbusd_avx_epi32(sums, x, w);
#else
  const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(x), _mm256_sign_epi8(w, x));
  return _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
#endif
}
WB_INLINE __m256i splat_quad(const Quantised* q) {
  int32_t four;
  memcpy(&four, q, sizeof four);
  return _mm256_set1_epi32(four);
}
WB_INLINE void accumulate(Int8Sums& sums, Int8Weights w, const Quantised* q) {
  const __m256i x = splat_quad(q);
  WB_UNROLL for (int i = 0; i < 2; i++) sums.v[i] = add_products(sums.v[i], w.v[i], x);
}
WB_INLINE Int8Sums join(Int8Sums a, Int8Sums b) {
  WB_UNROLL for (int i = 0; i < 2; i++) a.v[i] = _mm256_add_epi32(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Ints finish(Int8Sums sums, [[maybe_unused]] const int32_t* corrections) {
#if defined(__AVXVNNI__)
  return add(Ints{sums.v[0], sums.v[1]}, load(corrections));
#else
  return {sums.v[0], sums.v[1]};
#endif
}

WB_INLINE void accumulate_listed(Int8Sums& sums, Int8Weights w, const Quantised* q,
                                 const int32_t* columns) {
  __m128i four = _mm_cvtsi32_si128(static_cast<uint8_t>(q[columns[0]]));
  four = _mm_insert_epi8(four, q[columns[1]], 1);
  four = _mm_insert_epi8(four, q[columns[2]], 2);
  four = _mm_insert_epi8(four, q[columns[3]], 3);
  const __m256i x = _mm256_broadcastd_epi32(four);
  WB_UNROLL for (int i = 0; i < 2; i++) sums.v[i] = add_products(sums.v[i], w.v[i], x);
}

WB_INLINE void accumulate_shared(Int8Sums& sums, Int8Weights w, const Quantised* q,
                                 const uint16_t* quads) {
  WB_UNROLL for (int i = 0; i < 2; i++) {
    const __m256i x =
        _mm256_blend_epi32(splat_quad(q + size_t{kStepColumns} * quads[2 * i]),
                           splat_quad(q + size_t{kStepColumns} * quads[2 * i + 1]), 0xf0);
    sums.v[i] = add_products(sums.v[i], w.v[i], x);
  }
}

WB_INLINE void accumulate_quads(Int8Sums& sums, Int8Weights w, const Quantised* q,
                                const uint8_t* places) {
  WB_UNROLL for (int i = 0; i < 2; i++, places += kLanes / 2) {
    const auto two = [&](int at) {
      return _mm256_blend_epi32(splat_quad(q + size_t{kStepColumns} * places[at]),
                                splat_quad(q + size_t{kStepColumns} * places[at + 1]), 0xaa);
    };
    const auto four = [&](int at) { return _mm256_blend_epi32(two(at), two(at + 2), 0xcc); };
    sums.v[i] = add_products(sums.v[i], w.v[i], _mm256_blend_epi32(four(0), four(4), 0xf0));
  }
}

}  // namespace
}  // namespace wavebridge

#include "kernels/int8_gather.inc"

#endif  // WAVEBRIDGE_KERNELS_INT8_AVX2_H_
