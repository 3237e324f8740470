#ifndef WAVEBRIDGE_KERNELS_INT8_AVX2_H_
#define WAVEBRIDGE_KERNELS_INT8_AVX2_H_

// Products of int8 weights and activations in AVX2, with VNNI where the level has it. Every
// function does what its namesake in int8_scalar.h does.
//
// Without VNNI an activation lends its sign to the weight, for the instruction wants one operand
// without one. Two products of magnitudes up to 127 fit into 16 bits, so nothing saturates. With
// VNNI activations are kept as q + 128, and a row's correction of -128 times the sum of its weights
// makes up for that. Those of 12 bits are kept as q + 2048 in two parts of 6 bits.

#include "kernels/int8_listed_x86.h"
#include "kernels/lanes_avx2.h"

namespace wavebridge {
namespace {

/// Activations in one vector or two.
template <int kVectors>
struct InPlanes {
#if defined(__AVXVNNI__)
  using Quantised = uint8_t;
  static constexpr int chains(int rows) { return rows == 1 ? 4 : rows == 2 ? 2 : 1; }
#else
  using Quantised = int8_t;
  static constexpr int chains(int rows) { return rows == 1 ? 2 : 1; }
#endif
  static constexpr bool kGathersInRegisters = true;
  static constexpr int kPlanes = kVectors;
  /// The two parts of each activation stand side by side once more, for those that are listed.
  static constexpr int kPlaces = kVectors == 2 ? 4 : 1;
  static constexpr int kRowsTogether = 4;

  /// The low `kBits` of sixteen integers as bytes.
  template <int kBits>
  WB_INLINE_MEMBER static __m128i low_bytes(__m256i a, __m256i b) {
    const __m256i low = _mm256_set1_epi32((1 << kBits) - 1);
    const __m256i pairs = _mm256_packus_epi32(_mm256_and_si256(a, low), _mm256_and_si256(b, low));
    const __m256i ordered = _mm256_permute4x64_epi64(pairs, 0xd8);
    return _mm_packus_epi16(_mm256_castsi256_si128(ordered), _mm256_extracti128_si256(ordered, 1));
  }
  WB_INLINE_MEMBER static void keep(Ints q, Quantised* to, int32_t at, size_t stride) {
    __m128i* place = reinterpret_cast<__m128i*>(to + at);
    if constexpr (kPlanes == 2) {
      const __m256i zero = _mm256_set1_epi32(2048);
      const __m256i a = _mm256_add_epi32(q.a, zero), b = _mm256_add_epi32(q.b, zero);
      const __m128i first =
          low_bytes<kPartBits>(_mm256_srli_epi32(a, kPartBits), _mm256_srli_epi32(b, kPartBits));
      const __m128i second = low_bytes<kPartBits>(a, b);
      _mm_storeu_si128(place, first);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + at + stride), second);
      __m128i* pairs = reinterpret_cast<__m128i*>(to + 2 * (stride + static_cast<size_t>(at)));
      _mm_storeu_si128(pairs, _mm_unpacklo_epi8(first, second));
      _mm_storeu_si128(pairs + 1, _mm_unpackhi_epi8(first, second));
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
  struct Weights {
    __m256i v[2];
  };
  WB_INLINE_MEMBER static Weights weights(const int8_t* from) {
    const __m256i* halves = reinterpret_cast<const __m256i*>(from);
    return {{_mm256_loadu_si256(halves), _mm256_loadu_si256(halves + 1)}};
  }

  struct Sums {
    __m256i v[2];
  };
  WB_INLINE_MEMBER static Sums no_sums() {
    return {{_mm256_setzero_si256(), _mm256_setzero_si256()}};
  }
  /// Adds to eight sums the products of eight rows with four activations each.
  WB_INLINE_MEMBER static __m256i add_products(__m256i sums, __m256i w, __m256i x) {
#if defined(__AVXVNNI__)
    return _mm256_dpbusd_avx_epi32(sums, x, w);
#else
    const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(x), _mm256_sign_epi8(w, x));
    return _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
#endif
  }
  WB_INLINE_MEMBER static __m256i splat_quad(const Quantised* q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return _mm256_set1_epi32(four);
  }
  WB_INLINE_MEMBER static void accumulate(Sums& sums, Weights w, const Quantised* q) {
    const __m256i x = splat_quad(q);
    WB_UNROLL for (int i = 0; i < 2; i++) sums.v[i] = add_products(sums.v[i], w.v[i], x);
  }
  WB_INLINE_MEMBER static Sums join(Sums a, Sums b) {
    WB_UNROLL for (int i = 0; i < 2; i++) a.v[i] = _mm256_add_epi32(a.v[i], b.v[i]);
    return a;
  }
  WB_INLINE_MEMBER static Ints finish(const Sums* sums,
                                      [[maybe_unused]] const int32_t* corrections) {
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

  WB_INLINE_MEMBER static const Quantised* listed_from(const Quantised* row, int32_t begin,
                                                       size_t stride) {
    return kPlanes == 1 ? row + begin : row + 2 * (stride + static_cast<size_t>(begin));
  }
  WB_INLINE_MEMBER static void accumulate_listed(Sums* const (&sums)[kPlanes], Weights w,
                                                 const Quantised* q, size_t /*stride*/,
                                                 const int32_t* columns) {
    if constexpr (kPlanes == 1) {
      const __m256i x = _mm256_broadcastd_epi32(four_listed(q, columns));
      WB_UNROLL for (int i = 0; i < 2; i++) {
        sums[0]->v[i] = add_products(sums[0]->v[i], w.v[i], x);
      }
    } else {
      const __m256i both = _mm256_broadcastq_epi64(four_listed_pairs(q, columns));
      const __m256i x[2] = {_mm256_shuffle_epi32(both, 0xa0), _mm256_shuffle_epi32(both, 0xf5)};
      WB_UNROLL for (int p = 0; p < 2; p++) {
        WB_UNROLL for (int i = 0; i < 2; i++) {
          sums[p]->v[i] = add_products(sums[p]->v[i], w.v[i], x[p]);
        }
      }
    }
  }

  template <int kSharing>
  WB_INLINE_MEMBER static void accumulate_shared(Sums& sums, Weights w, const Quantised* q,
                                                 const uint16_t* quads) {
    const auto quad = [&](int lane) {
      return splat_quad(q + size_t{kStepColumns} * quads[lane / kSharing]);
    };
    WB_UNROLL for (int i = 0; i < 2; i++) {
      __m256i x = quad(8 * i);
      if constexpr (kSharing < 8) x = _mm256_blend_epi32(x, quad(8 * i + 4), 0xf0);
      sums.v[i] = add_products(sums.v[i], w.v[i], x);
    }
  }

  WB_INLINE_MEMBER static void accumulate_quads(Sums& sums, Weights w, const Quantised* q,
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
};
using Bits8 = InPlanes<1>;

#if defined(__AVXVNNI__)
using Bits12 = InPlanes<2>;
#else
/// Activations of 12 bits in words, whose products with two parts of them would be as many.
struct Bits12 {
  using Quantised = int16_t;
  static constexpr bool kGathersInRegisters = true;
  static constexpr int kPlanes = 1;
  static constexpr int kPlaces = 1;
  static constexpr int kRowsTogether = 2;
  static constexpr int chains(int /*vectors*/) { return 1; }

  WB_INLINE_MEMBER static void keep(Ints q, Quantised* to, int32_t at, size_t /*stride*/) {
    to += at;
    const __m256i low = _mm256_set1_epi32(0xffff);
    const __m256i words =
        _mm256_packus_epi32(_mm256_and_si256(q.a, low), _mm256_and_si256(q.b, low));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_permute4x64_epi64(words, 0xd8));
  }

  /// Four rows each.
  struct Weights {
    __m256i v[4];
  };
  WB_INLINE_MEMBER static Weights weights(const int8_t* from) {
    const __m128i* quarters = reinterpret_cast<const __m128i*>(from);
    Weights w;
    WB_UNROLL for (int i = 0; i < 4; i++) {
      w.v[i] = _mm256_cvtepi8_epi16(_mm_loadu_si128(quarters + i));
    }
    return w;
  }

  /// Four rows each, two sums a row.
  struct Sums {
    __m256i v[4];
  };
  WB_INLINE_MEMBER static Sums no_sums() {
    const __m256i zero = _mm256_setzero_si256();
    return {{zero, zero, zero, zero}};
  }
  WB_INLINE_MEMBER static __m256i add_products(__m256i sums, __m256i w, __m256i x) {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(w, x));
  }
  WB_INLINE_MEMBER static __m256i splat_quad(const Quantised* q) {
    long long four;
    memcpy(&four, q, sizeof four);
    return _mm256_set1_epi64x(four);
  }
  WB_INLINE_MEMBER static void accumulate(Sums& sums, Weights w, const Quantised* q) {
    const __m256i x = splat_quad(q);
    WB_UNROLL for (int i = 0; i < 4; i++) sums.v[i] = add_products(sums.v[i], w.v[i], x);
  }
  WB_INLINE_MEMBER static const Quantised* listed_from(const Quantised* row, int32_t begin,
                                                       size_t /*stride*/) {
    return row + begin;
  }
  WB_INLINE_MEMBER static void accumulate_listed(Sums* const (&sums)[kPlanes], Weights w,
                                                 const Quantised* q, size_t /*stride*/,
                                                 const int32_t* columns) {
    const __m256i x = _mm256_broadcastq_epi64(four_listed(q, columns));
    WB_UNROLL for (int i = 0; i < 4; i++) sums[0]->v[i] = add_products(sums[0]->v[i], w.v[i], x);
  }
  template <int kSharing>
  WB_INLINE_MEMBER static void accumulate_shared(Sums& sums, Weights w, const Quantised* q,
                                                 const uint16_t* quads) {
    WB_UNROLL for (int i = 0; i < 4; i++) {
      const __m256i x = splat_quad(q + size_t{kStepColumns} * quads[4 * i / kSharing]);
      sums.v[i] = add_products(sums.v[i], w.v[i], x);
    }
  }
  WB_INLINE_MEMBER static void accumulate_quads(Sums& sums, Weights w, const Quantised* q,
                                                const uint8_t* places) {
    WB_UNROLL for (int i = 0; i < 4; i++, places += kLanes / 4) {
      const auto quad = [&](int row) { return splat_quad(q + size_t{kStepColumns} * places[row]); };
      const __m256i x = _mm256_blend_epi32(_mm256_blend_epi32(quad(0), quad(1), 0x0c),
                                           _mm256_blend_epi32(quad(2), quad(3), 0xc0), 0xf0);
      sums.v[i] = add_products(sums.v[i], w.v[i], x);
    }
  }
  WB_INLINE_MEMBER static Sums join(Sums a, Sums b) {
    WB_UNROLL for (int i = 0; i < 4; i++) a.v[i] = _mm256_add_epi32(a.v[i], b.v[i]);
    return a;
  }
  WB_INLINE_MEMBER static Ints finish(const Sums* sums, const int32_t* /*corrections*/) {
    const auto eight = [](__m256i first, __m256i second) {
      return _mm256_permute4x64_epi64(_mm256_hadd_epi32(first, second), 0xd8);
    };
    return {eight(sums->v[0], sums->v[1]), eight(sums->v[2], sums->v[3])};
  }
};
#endif

}  // namespace
}  // namespace wavebridge

#endif  // WAVEBRIDGE_KERNELS_INT8_AVX2_H_
