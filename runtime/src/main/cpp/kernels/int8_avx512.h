#ifndef WAVEBRIDGE_KERNELS_INT8_AVX512_H_
#define WAVEBRIDGE_KERNELS_INT8_AVX512_H_

// Products of int8 weights and activations in AVX-512 without VNNI, as int8_avx2.h has them.

#include "kernels/int8_listed_x86.h"
#include "kernels/lanes_avx512.h"

namespace wavebridge {
namespace {

/// Activations of 8 and of 12 bits: both are kept in words.
struct Bits8 {
  using Quantised = int16_t;
  static constexpr bool kGathersInRegisters = true;
  static constexpr int kPlanes = 1;
  static constexpr int kPlaces = 1;
  static constexpr int kRowsTogether = 4;
  static constexpr int chains(int rows) { return rows == 1 ? 2 : 1; }

  WB_INLINE_MEMBER static void keep(Ints q, Quantised* to, int32_t at, size_t /*stride*/) {
    to += at;
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_cvtepi32_epi16(q.v));
  }

  /// Eight rows each.
  struct Weights {
    __m512i v[2];
  };
  WB_INLINE_MEMBER static Weights weights(const int8_t* from) {
    const __m256i* halves = reinterpret_cast<const __m256i*>(from);
    return {{_mm512_cvtepi8_epi16(_mm256_loadu_si256(halves)),
             _mm512_cvtepi8_epi16(_mm256_loadu_si256(halves + 1))}};
  }

  /// Eight rows each, two sums a row.
  struct Sums {
    __m512i v[2];
  };
  WB_INLINE_MEMBER static Sums no_sums() {
    return {{_mm512_setzero_si512(), _mm512_setzero_si512()}};
  }
  WB_INLINE_MEMBER static long long quad_of(const Quantised* q) {
    long long four;
    memcpy(&four, q, sizeof four);
    return four;
  }
  WB_INLINE_MEMBER static __m512i add_products(__m512i sums, __m512i w, __m512i x) {
    return _mm512_add_epi32(sums, _mm512_madd_epi16(w, x));
  }
  WB_INLINE_MEMBER static void accumulate(Sums& sums, Weights w, const Quantised* q) {
    const __m512i x = _mm512_set1_epi64(quad_of(q));
    WB_UNROLL for (int i = 0; i < 2; i++) sums.v[i] = add_products(sums.v[i], w.v[i], x);
  }
  WB_INLINE_MEMBER static const Quantised* listed_from(const Quantised* row, int32_t begin,
                                                       size_t /*stride*/) {
    return row + begin;
  }
  WB_INLINE_MEMBER static void accumulate_listed(Sums* const (&sums)[kPlanes], Weights w,
                                                 const Quantised* q, size_t /*stride*/,
                                                 const int32_t* columns) {
    const __m512i x = _mm512_broadcastq_epi64(four_listed(q, columns));
    WB_UNROLL for (int i = 0; i < 2; i++) sums[0]->v[i] = add_products(sums[0]->v[i], w.v[i], x);
  }
  template <int kSharing>
  WB_INLINE_MEMBER static void accumulate_shared(Sums& sums, Weights w, const Quantised* q,
                                                 const uint16_t* quads) {
    const auto quad = [&](int lane) {
      return quad_of(q + size_t{kStepColumns} * quads[lane / kSharing]);
    };
    WB_UNROLL for (int i = 0; i < 2; i++) {
      __m512i x = _mm512_set1_epi64(quad(8 * i));
      if constexpr (kSharing < 8) x = _mm512_mask_set1_epi64(x, 0xf0, quad(8 * i + 4));
      sums.v[i] = add_products(sums.v[i], w.v[i], x);
    }
  }
  WB_INLINE_MEMBER static Sums join(Sums a, Sums b) {
    for (int i = 0; i < 2; i++) a.v[i] = _mm512_add_epi32(a.v[i], b.v[i]);
    return a;
  }
  WB_INLINE_MEMBER static Ints finish(const Sums* sums, const int32_t* /*corrections*/) {
    const __m512i even =
        _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512i odd =
        _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    return {_mm512_add_epi32(_mm512_permutex2var_epi32(sums->v[0], even, sums->v[1]),
                             _mm512_permutex2var_epi32(sums->v[0], odd, sums->v[1]))};
  }

  /// Four quads, of rows that follow each other.
  WB_INLINE_MEMBER static __m256i load_quads(const Quantised* q, const uint8_t* places) {
    const auto two = [&](const uint8_t* of) {
      const __m128i first =
          _mm_loadl_epi64(reinterpret_cast<const __m128i*>(q + size_t{kStepColumns} * of[0]));
      return _mm_castps_si128(
          _mm_loadh_pi(_mm_castsi128_ps(first),
                       reinterpret_cast<const __m64*>(q + size_t{kStepColumns} * of[1])));
    };
    return _mm256_inserti128_si256(_mm256_castsi128_si256(two(places)), two(places + 2), 1);
  }

  /// Adds a step in which each row has a quad of its own: `places` says which of the 64 from `q`
  /// on.
  WB_INLINE_MEMBER static void accumulate_quads(Sums& sums, Weights w, const Quantised* q,
                                                const uint8_t* places) {
    WB_UNROLL for (int i = 0; i < 2; i++) {
      const __m512i x = _mm512_inserti64x4(_mm512_castsi256_si512(load_quads(q, places + 8 * i)),
                                           load_quads(q, places + 8 * i + 4), 1);
      sums.v[i] = add_products(sums.v[i], w.v[i], x);
    }
  }
};
using Bits12 = Bits8;

}  // namespace
}  // namespace wavebridge

#endif  // WAVEBRIDGE_KERNELS_INT8_AVX512_H_
