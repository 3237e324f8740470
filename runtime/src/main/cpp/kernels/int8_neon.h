#ifndef WAVEBRIDGE_KERNELS_INT8_NEON_H_
#define WAVEBRIDGE_KERNELS_INT8_NEON_H_

// Products of int8 weights and activations in NEON, with the dot product where the level has it.
// Without it: two products of a weight (-128 at least) and an activation (-127 at least) fit into
// 16 bits, so nothing saturates. Activations of 12 bits are kept in two parts: q >> 6, which has
// their sign, and the six bits below. Every function does what its namesake in int8_scalar.h does.

#include "kernels/lanes_neon.h"

namespace wavebridge {
namespace {

/// Activations in one vector or two.
template <int kVectors>
struct InPlanes {
  using Quantised = int8_t;
  static constexpr bool kGathersInRegisters = true;
  static constexpr int kPlanes = kVectors;
  static constexpr int kPlaces = kVectors;
#if defined(__ARM_FEATURE_DOTPROD)
  static constexpr int kRowsTogether = 4;
#else
  static constexpr int kRowsTogether = 2;
#endif
  static constexpr int chains(int rows) { return rows == 1 ? 2 : 1; }

  WB_INLINE_MEMBER static void keep(Ints q, Quantised* to, int32_t at, size_t stride) {
    to += at;
    const int16x8_t a = vcombine_s16(vmovn_s32(q.v[0]), vmovn_s32(q.v[1]));
    const int16x8_t b = vcombine_s16(vmovn_s32(q.v[2]), vmovn_s32(q.v[3]));
    if constexpr (kPlanes == 2) {
      vst1q_s8(to, vcombine_s8(vshrn_n_s16(a, kPartBits), vshrn_n_s16(b, kPartBits)));
      const int8x16_t low = vcombine_s8(vmovn_s16(a), vmovn_s16(b));
      vst1q_s8(to + stride, vandq_s8(low, vdupq_n_s8((1 << kPartBits) - 1)));
    } else {
      vst1q_s8(to, vcombine_s8(vmovn_s16(a), vmovn_s16(b)));
    }
  }

  /// Four rows each.
  struct Weights {
    int8x16_t v[4];
  };
  WB_INLINE_MEMBER static Weights weights(const int8_t* from) {
    return {{vld1q_s8(from), vld1q_s8(from + 16), vld1q_s8(from + 32), vld1q_s8(from + 48)}};
  }

  /// Adds to four sums the products of four rows with the four activations that `x` repeats.
  WB_INLINE_MEMBER static int32x4_t add_products(int32x4_t sums, int8x16_t w, int8x16_t x) {
#if defined(__ARM_FEATURE_DOTPROD)
    return vdotq_s32(sums, w, x);
#else
    const int16x8_t low = vmull_s8(vget_low_s8(w), vget_low_s8(x));
    return vpadalq_s16(sums, vpaddq_s16(low, vmull_high_s8(w, x)));
#endif
  }

  struct Sums {
    Ints v;
  };
  WB_INLINE_MEMBER static Sums no_sums() { return {splat(0)}; }
  WB_INLINE_MEMBER static int8x16_t splat_quad(const Quantised* q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return vreinterpretq_s8_s32(vdupq_n_s32(four));
  }
  WB_INLINE_MEMBER static void accumulate(Sums& sums, Weights w, const Quantised* q) {
    const int8x16_t x = splat_quad(q);
    WB_UNROLL for (int i = 0; i < 4; i++) sums.v.v[i] = add_products(sums.v.v[i], w.v[i], x);
  }
  WB_INLINE_MEMBER static const Quantised* listed_from(const Quantised* row, int32_t begin,
                                                       size_t /*stride*/) {
    return row + begin;
  }
  WB_INLINE_MEMBER static void accumulate_listed(Sums* const (&sums)[kPlanes], Weights w,
                                                 const Quantised* q, size_t stride,
                                                 const int32_t* columns) {
    WB_UNROLL for (int p = 0; p < kPlanes; p++, q += stride) {
      int8x8_t four = vld1_dup_s8(q + columns[0]);
      four = vld1_lane_s8(q + columns[1], four, 1);
      four = vld1_lane_s8(q + columns[2], four, 2);
      four = vld1_lane_s8(q + columns[3], four, 3);
      const int8x16_t x = vreinterpretq_s8_s32(vdupq_lane_s32(vreinterpret_s32_s8(four), 0));
      WB_UNROLL for (int i = 0; i < 4; i++) {
        sums[p]->v.v[i] = add_products(sums[p]->v.v[i], w.v[i], x);
      }
    }
  }
  template <int kSharing>
  WB_INLINE_MEMBER static void accumulate_shared(Sums& sums, Weights w, const Quantised* q,
                                                 const uint16_t* quads) {
    WB_UNROLL for (int i = 0; i < 4; i++) {
      sums.v.v[i] = add_products(sums.v.v[i], w.v[i],
                                 splat_quad(q + size_t{kStepColumns} * quads[4 * i / kSharing]));
    }
  }
  WB_INLINE_MEMBER static Sums join(Sums a, Sums b) { return {add(a.v, b.v)}; }
  WB_INLINE_MEMBER static Ints finish(const Sums* sums, const int32_t* /*corrections*/) {
    Ints all = sums[0].v;
    if constexpr (kPlanes == 2) {
      WB_UNROLL for (int i = 0; i < 4; i++) {
        all.v[i] = vaddq_s32(vshlq_n_s32(all.v[i], kPartBits), sums[1].v.v[i]);
      }
    }
    return all;
  }

  /// Adds a step in which each row has a quad of its own: `places` says which of the 64 from `q`
  /// on.
  WB_INLINE_MEMBER static void accumulate_quads(Sums& sums, Weights w, const Quantised* q,
                                                const uint8_t* places) {
    WB_UNROLL for (int i = 0; i < 4; i++) {
      const auto quad = [&](int row) {
        int32_t four;
        memcpy(&four, q + size_t{kStepColumns} * places[4 * i + row], sizeof four);
        return four;
      };
      int32x4_t quads = vdupq_n_s32(quad(0));
      quads = vsetq_lane_s32(quad(1), quads, 1);
      quads = vsetq_lane_s32(quad(2), quads, 2);
      quads = vsetq_lane_s32(quad(3), quads, 3);
      sums.v.v[i] = add_products(sums.v.v[i], w.v[i], vreinterpretq_s8_s32(quads));
    }
  }
};
using Bits8 = InPlanes<1>;
using Bits12 = InPlanes<2>;

}  // namespace
}  // namespace wavebridge

#endif  // WAVEBRIDGE_KERNELS_INT8_NEON_H_
