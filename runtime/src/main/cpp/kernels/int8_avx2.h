#ifndef WAVEBRIDGE_KERNELS_INT8_AVX2_H_
#define WAVEBRIDGE_KERNELS_INT8_AVX2_H_

// Products of int8 weights and activations in AVX2. Weights widen to 16 bits, and pairs of products
// are added in 32: nothing saturates. Every function does what its namesake in int8_scalar.h does.

#include "kernels/lanes_avx2.h"

namespace wavebridge {
namespace {

/// Kept as wide as the products want it.
using Quantised = int16_t;
inline constexpr int kInt8RowsTogether = 2;
inline constexpr int int8_chains(int) { return 1; }

WB_INLINE void store_quantised(Ints q, Quantised* to) {
  const __m256i low = _mm256_set1_epi32(0xffff);
  const __m256i both = _mm256_packus_epi32(_mm256_and_si256(q.a, low), _mm256_and_si256(q.b, low));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_permute4x64_epi64(both, 0xd8));
}

/// Four rows each.
struct Int8Weights {
  __m256i v[4];
};
WB_INLINE Int8Weights load_int8(const int8_t* from) {
  Int8Weights w;
  for (int i = 0; i < 4; i++) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 16 * i));
    w.v[i] = _mm256_cvtepi8_epi16(bytes);
  }
  return w;
}

/// Four rows each, two sums a row.
struct Int8Sums {
  __m256i v[4];
};
WB_INLINE Int8Sums no_sums() {
  const __m256i zero = _mm256_setzero_si256();
  return {{zero, zero, zero, zero}};
}
WB_INLINE void accumulate(Int8Sums& sums, Int8Weights w, const Quantised* q) {
  long long four;
  memcpy(&four, q, sizeof four);
  const __m256i x = _mm256_set1_epi64x(four);
  for (int i = 0; i < 4; i++) {
    sums.v[i] = _mm256_add_epi32(sums.v[i], _mm256_madd_epi16(w.v[i], x));
  }
}
WB_INLINE Int8Sums join(Int8Sums a, Int8Sums b) {
  for (int i = 0; i < 4; i++) a.v[i] = _mm256_add_epi32(a.v[i], b.v[i]);
  return a;
}
WB_INLINE Ints finish(Int8Sums sums, const int32_t* /*corrections*/) {
  // Adding neighbours leaves rows 0 1 4 5 2 3 6 7.
  const __m256i a = _mm256_hadd_epi32(sums.v[0], sums.v[1]);
  const __m256i b = _mm256_hadd_epi32(sums.v[2], sums.v[3]);
  return {_mm256_permute4x64_epi64(a, 0xd8), _mm256_permute4x64_epi64(b, 0xd8)};
}

}  // namespace
}  // namespace wavebridge

#include "kernels/int8_quads.inc"

namespace wavebridge {
namespace {

/// Adds a step in which each row has a quad of its own: `places` says which of the 64 from `q` on.
WB_INLINE void accumulate_quads(Int8Sums& sums, Int8Weights w, const Quantised* q,
                                const uint8_t* places) {
  for (int i = 0; i < 4; i++) {
    const __m256i x = load_quads(q, places + 4 * i);
    sums.v[i] = _mm256_add_epi32(sums.v[i], _mm256_madd_epi16(w.v[i], x));
  }
}

}  // namespace
}  // namespace wavebridge

#include "kernels/int8_gather.inc"

#endif  // WAVEBRIDGE_KERNELS_INT8_AVX2_H_
