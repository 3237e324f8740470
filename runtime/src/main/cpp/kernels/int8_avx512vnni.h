#ifndef WAVEBRIDGE_KERNELS_INT8_AVX512VNNI_H_
#define WAVEBRIDGE_KERNELS_INT8_AVX512VNNI_H_

// Products of int8 weights and activations in AVX-512 with VNNI, which wants unsigned activations:
// those of 8 bits are kept as q + 128, and a row's correction of -128 times the sum of its weights
// makes up for that. Those of 12 bits are kept as q + 2048 in two parts of 6 bits. Sums may wrap
// around on the way; what is left in the end is exact.

#include "kernels/lanes_avx512.h"

namespace wavebridge {
namespace {

/// Activations in one vector or two.
template <int kVectors>
struct InPlanes {
  using Quantised = uint8_t;
  static constexpr bool kGathersInRegisters = false;
  static constexpr int kPlanes = kVectors;
  static constexpr int kPlaces = kVectors;
  static constexpr int kRowsTogether = 8;
  /// Enough sums that take turns to hide how long one product takes.
  static constexpr int chains(int rows) { return rows == 1 ? 4 : rows <= 4 ? 2 : 1; }

  WB_INLINE_MEMBER static void keep(Ints q, Quantised* to, int32_t at, size_t stride) {
    to += at;
    if constexpr (kPlanes == 2) {
      const __m512i shifted = _mm512_add_epi32(q.v, _mm512_set1_epi32(2048));
      const __m512i low = _mm512_set1_epi32((1 << kPartBits) - 1);
      const __m512i parts[2] = {_mm512_and_si512(_mm512_srli_epi32(shifted, kPartBits), low),
                                _mm512_and_si512(shifted, low)};
      for (size_t p = 0; p < 2; p++) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + p * stride),
                         _mm512_cvtepi32_epi8(parts[p]));
      }
      return;
    }
    // 128 is the zero: adding it to the low byte flips its highest bit.
    const __m128i bytes = _mm_xor_si128(_mm512_cvtepi32_epi8(q.v), _mm_set1_epi8(-128));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  }

  struct Weights {
    __m512i v;
  };
  WB_INLINE_MEMBER static Weights weights(const int8_t* from) { return {_mm512_loadu_si512(from)}; }

  struct Sums {
    __m512i v;
  };
  WB_INLINE_MEMBER static Sums no_sums() { return {_mm512_setzero_si512()}; }
  WB_INLINE_MEMBER static void accumulate(Sums& sums, Weights w, const Quantised* q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    sums.v = _mm512_dpbusd_epi32(sums.v, _mm512_set1_epi32(four), w.v);
  }
  WB_INLINE_MEMBER static Sums join(Sums a, Sums b) { return {_mm512_add_epi32(a.v, b.v)}; }
  WB_INLINE_MEMBER static Ints finish(const Sums* sums, const int32_t* corrections) {
    const __m512i shift = load(corrections).v;
    if constexpr (kPlanes == 1) return {_mm512_add_epi32(sums[0].v, shift)};
    // -2048 times the sum of the weights is 16 times that of 8 bits.
    const __m512i high = _mm512_slli_epi32(sums[0].v, kPartBits);
    return {_mm512_add_epi32(_mm512_add_epi32(high, sums[1].v), _mm512_slli_epi32(shift, 4))};
  }

  /// Adds a step in which `kSharing` rows share a quad: `quads` says which of those from `q` on.
  template <int kSharing>
  WB_INLINE_MEMBER static void accumulate_shared(Sums& sums, Weights w, const Quantised* q,
                                                 const uint16_t* quads) {
    // Written so that they become loads that broadcast under a mask, which take no shuffle.
    const auto quad = [&](int lane) {
      int32_t four;
      memcpy(&four, q + size_t{kStepColumns} * quads[lane / kSharing], sizeof four);
      return _mm512_set1_epi32(four);
    };
    __m512i x = quad(0);
    if constexpr (kSharing < 8) x = _mm512_mask_mov_epi32(x, 0x00f0, quad(4));
    x = _mm512_mask_mov_epi32(x, kSharing < 8 ? 0x0f00 : 0xff00, quad(8));
    if constexpr (kSharing < 8) x = _mm512_mask_mov_epi32(x, 0xf000, quad(12));
    sums.v = _mm512_dpbusd_epi32(sums.v, x, w.v);
  }

  /// The activations that the listed columns of a group name, in the order of its chunks. A
  /// permutation picks from 128 activations at once, and nothing where its mask says that other
  /// tables hold what is wanted.
  WB_INLINE_MEMBER static void gather(const PackedInt8Matrix& weight, const Int8Group& group,
                                      const Quantised* q, size_t stride, Quantised* to,
                                      size_t to_stride) {
    const Int8Chunk* chunks = weight.columns.chunks + group.first_chunk;
    const uint8_t* places = weight.columns.places + group.first_chunk * kChunkColumns;
    for (int32_t i = 0; i < group.chunks; i++) {
      const Quantised* table = q + static_cast<size_t>(chunks[i].first_table) * kTableColumns;
      const uint64_t* masks = weight.columns.masks + chunks[i].first_mask;
      const __m512i place = _mm512_loadu_si512(places + i * kChunkColumns);
      __m512i picked[kPlanes];
      WB_UNROLL for (int p = 0; p < kPlanes; p++) picked[p] = _mm512_setzero_si512();
      for (int32_t k = 0; k < chunks[i].tables; k++, table += kTableColumns) {
        const __mmask64 mask = _cvtu64_mask64(masks[k]);
        WB_UNROLL for (int p = 0; p < kPlanes; p++) {
          const Quantised* of_plane = table + static_cast<size_t>(p) * stride;
          const __m512i found =
              _mm512_maskz_permutex2var_epi8(mask, _mm512_loadu_si512(of_plane), place,
                                             _mm512_loadu_si512(of_plane + kTableColumns / 2));
          picked[p] = _mm512_or_si512(picked[p], found);
        }
      }
      WB_UNROLL for (int p = 0; p < kPlanes; p++) {
        _mm512_storeu_si512(to + static_cast<size_t>(p) * to_stride + i * kChunkColumns, picked[p]);
      }
    }
  }

  /// Adds a step in which each row has a quad of its own: `places` says which of the 64 from `q`
  /// on. A permutation picks sixteen of 32.
  WB_INLINE_MEMBER static void accumulate_quads(Sums& sums, Weights w, const Quantised* q,
                                                const uint8_t* places) {
    const __m512i quads[4] = {_mm512_loadu_si512(q), _mm512_loadu_si512(q + 64),
                              _mm512_loadu_si512(q + 128), _mm512_loadu_si512(q + 192)};
    const __m512i at =
        _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(places)));
    const __m512i low = _mm512_permutex2var_epi32(quads[0], at, quads[1]);
    const __m512i high = _mm512_permutex2var_epi32(quads[2], at, quads[3]);
    const __mmask16 is_high = _mm512_test_epi32_mask(at, _mm512_set1_epi32(32));
    sums.v = _mm512_dpbusd_epi32(sums.v, _mm512_mask_blend_epi32(is_high, low, high), w.v);
  }
};
using Bits8 = InPlanes<1>;
using Bits12 = InPlanes<2>;

}  // namespace
}  // namespace wavebridge

#endif  // WAVEBRIDGE_KERNELS_INT8_AVX512VNNI_H_
