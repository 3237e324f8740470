#ifndef WAVEBRIDGE_KERNELS_INT8_LISTED_X86_H_
#define WAVEBRIDGE_KERNELS_INT8_LISTED_X86_H_

// Four listed activations in one register. Each is loaded with what stands behind it, as a load of
// four bytes takes no shuffle, and what is too much is left out as they are put together.

#include "kernels/base.inc"

namespace wavebridge {
namespace {

template <typename Activation>
WB_INLINE __m128i load_with_following(const Activation* q) {
  int32_t bytes;
  memcpy(&bytes, q, sizeof bytes);
  return _mm_cvtsi32_si128(bytes);
}

/// In the lowest four bytes.
WB_INLINE __m128i four_listed(const int8_t* q, const int32_t* columns) {
  const __m128i low =
      _mm_unpacklo_epi8(load_with_following(q + columns[0]), load_with_following(q + columns[1]));
  const __m128i high =
      _mm_unpacklo_epi8(load_with_following(q + columns[2]), load_with_following(q + columns[3]));
  return _mm_unpacklo_epi16(low, high);
}
WB_INLINE __m128i four_listed(const uint8_t* q, const int32_t* columns) {
  return four_listed(reinterpret_cast<const int8_t*>(q), columns);
}
/// Of activations whose two parts stand side by side: in the lowest four bytes the first parts, in
/// the next four the second.
WB_INLINE __m128i four_listed_pairs(const uint8_t* q, const int32_t* columns) {
  const __m128i low = _mm_unpacklo_epi8(load_with_following(q + 2 * columns[0]),
                                        load_with_following(q + 2 * columns[1]));
  const __m128i high = _mm_unpacklo_epi8(load_with_following(q + 2 * columns[2]),
                                         load_with_following(q + 2 * columns[3]));
  return _mm_unpacklo_epi16(low, high);
}
/// In the lowest eight bytes.
WB_INLINE __m128i four_listed(const int16_t* q, const int32_t* columns) {
  const __m128i low =
      _mm_unpacklo_epi16(load_with_following(q + columns[0]), load_with_following(q + columns[1]));
  const __m128i high =
      _mm_unpacklo_epi16(load_with_following(q + columns[2]), load_with_following(q + columns[3]));
  return _mm_unpacklo_epi32(low, high);
}

}  // namespace
}  // namespace wavebridge

#endif  // WAVEBRIDGE_KERNELS_INT8_LISTED_X86_H_
