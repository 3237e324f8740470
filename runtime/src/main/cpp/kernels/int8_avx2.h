#ifndef WAVEBRIDGE_KERNELS_INT8_AVX2_H_
#define WAVEBRIDGE_KERNELS_INT8_AVX2_H_

// Products of int8 weights and activations in AVX2, with VNNI where the level has it. Every
// function does what its namesake in int8_scalar.h does.
//
// Without VNNI an activation lends its sign to the weight, for the instruction wants one operand
// without one. Two products of magnitudes up to 127 fit into 16 bits, so nothing saturates. With
// VNNI activations are kept as q + 128, and a row's correction of -128 times the sum of its weights
// makes up for that. Those of 12 bits are kept as q + 2048 in two parts of 6 bits, neither of which
// has a sign.

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
inline constexpr int kPlanesOf12 = 2;
inline constexpr int kInt8RowsTogether = 4;

/// The low `kBits` of sixteen integers as bytes.
template <int kBits>
WB_INLINE __m128i low_bytes(__m256i a, __m256i b) {
  const __m256i low = _mm256_set1_epi32((1 << kBits) - 1);
  const __m256i pairs = _mm256_packus_epi32(_mm256_and_si256(a, low), _mm256_and_si256(b, low));
  const __m256i ordered = _mm256_permute4x64_epi64(pairs, 0xd8);
  return _mm_packus_epi16(_mm256_castsi256_si128(ordered), _mm256_extracti128_si256(ordered, 1));
}
template <int kPlanes>
WB_INLINE void store_quantised(Ints q, Quantised* to, size_t distance) {
  __m128i* place = reinterpret_cast<__m128i*>(to);
  if constexpr (kPlanes == 2) {
    const __m256i zero = _mm256_set1_epi32(2048);
    const __m256i a = _mm256_add_epi32(q.a, zero), b = _mm256_add_epi32(q.b, zero);
    _mm_storeu_si128(place, low_bytes<kPartBits>(_mm256_srli_epi32(a, kPartBits),
                                                 _mm256_srli_epi32(b, kPartBits)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + distance), low_bytes<kPartBits>(a, b));
    return;
  }
  __m128i bytes = low_bytes<8>(q.a, q.b);
#if defined(__AVXVNNI__)
  // 128 is the zero: adding it to the low byte flips its highest bit.
  bytes = _mm_xor_si128(bytes, _mm_set1_epi8(-128));
#endif
  _mm_storeu_si128(place, bytes);
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
template <int kPlanes>
WB_INLINE __m256i add_products(__m256i sums, __m256i w, __m256i x) {
#if defined(__AVXVNNI__)
  return _mm256_dpbusd_avx_epi32(sums, x, w);
#else
  const __m256i pairs = kPlanes == 2
                            ? _mm256_maddubs_epi16(x, w)
                            : _mm256_maddubs_epi16(_mm256_abs_epi8(x), _mm256_sign_epi8(w, x));
  return _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
#endif
}
WB_INLINE __m256i splat_quad(const Quantised* q) {
  int32_t four;
  memcpy(&four, q, sizeof four);
  return _mm256_set1_epi32(four);
}
template <int kPlanes>
WB_INLINE void accumulate(Int8Sums& sums, Int8Weights w, const Quantised* q) {
  const __m256i x = splat_quad(q);
  WB_UNROLL for (int i = 0; i < 2; i++) sums.v[i] = add_products<kPlanes>(sums.v[i], w.v[i], x);
}
WB_INLINE Int8Sums join(Int8Sums a, Int8Sums b) {
  WB_UNROLL for (int i = 0; i < 2; i++) a.v[i] = _mm256_add_epi32(a.v[i], b.v[i]);
  return a;
}
template <int kPlanes>
WB_INLINE Ints finish(const Int8Sums* sums, [[maybe_unused]] const int32_t* corrections) {
  if constexpr (kPlanes == 2) {
    // -2048 times the sum of the weights is 16 times that of 8 bits.
    const Ints shift = load(corrections);
    const auto all = [](__m256i high, __m256i low, __m256i of) {
      return _mm256_add_epi32(_mm256_add_epi32(_mm256_slli_epi32(high, kPartBits), low),
                              _mm256_slli_epi32(of, 4));
    };
    return {all(sums[0].v[0], sums[1].v[0], shift.a), all(sums[0].v[1], sums[1].v[1], shift.b)};
  }
#if defined(__AVXVNNI__)
  return add(Ints{sums->v[0], sums->v[1]}, load(corrections));
#else
  return {sums->v[0], sums->v[1]};
#endif
}

template <int kPlanes>
WB_INLINE void accumulate_listed(Int8Sums& sums, Int8Weights w, const Quantised* q,
                                 const int32_t* columns) {
  __m128i four = _mm_cvtsi32_si128(static_cast<uint8_t>(q[columns[0]]));
  four = _mm_insert_epi8(four, q[columns[1]], 1);
  four = _mm_insert_epi8(four, q[columns[2]], 2);
  four = _mm_insert_epi8(four, q[columns[3]], 3);
  const __m256i x = _mm256_broadcastd_epi32(four);
  WB_UNROLL for (int i = 0; i < 2; i++) sums.v[i] = add_products<kPlanes>(sums.v[i], w.v[i], x);
}

template <int kPlanes>
WB_INLINE void accumulate_shared(Int8Sums& sums, Int8Weights w, const Quantised* q,
                                 const uint16_t* quads) {
  WB_UNROLL for (int i = 0; i < 2; i++) {
    const __m256i x =
        _mm256_blend_epi32(splat_quad(q + size_t{kStepColumns} * quads[2 * i]),
                           splat_quad(q + size_t{kStepColumns} * quads[2 * i + 1]), 0xf0);
    sums.v[i] = add_products<kPlanes>(sums.v[i], w.v[i], x);
  }
}

template <int kPlanes>
WB_INLINE void accumulate_quads(Int8Sums& sums, Int8Weights w, const Quantised* q,
                                const uint8_t* places) {
  WB_UNROLL for (int i = 0; i < 2; i++, places += kLanes / 2) {
    const auto two = [&](int at) {
      return _mm256_blend_epi32(splat_quad(q + size_t{kStepColumns} * places[at]),
                                splat_quad(q + size_t{kStepColumns} * places[at + 1]), 0xaa);
    };
    const auto four = [&](int at) { return _mm256_blend_epi32(two(at), two(at + 2), 0xcc); };
    sums.v[i] = add_products<kPlanes>(sums.v[i], w.v[i], _mm256_blend_epi32(four(0), four(4), 0xf0));
  }
}

}  // namespace
}  // namespace wavebridge

#include "kernels/int8_gather.inc"

#endif  // WAVEBRIDGE_KERNELS_INT8_AVX2_H_
