#ifndef WAVEBRIDGE_KERNELS_INT8_SIMD128_H_
#define WAVEBRIDGE_KERNELS_INT8_SIMD128_H_

// Products of int8 weights and activations in WebAssembly's vectors, whose dot product takes words:
// activations of 8 and of 12 bits are both kept in them. Every function does what its namesake in
// int8_scalar.h does.

#include "kernels/lanes_simd128.h"

namespace wavebridge {
namespace {

struct Bits8 {
  using Quantised = int16_t;
  static constexpr bool kGathersInRegisters = true;
  static constexpr int kPlanes = 1;
  static constexpr int kPlaces = 1;
  static constexpr int kRowsTogether = 2;
  static constexpr int chains(int /*vectors*/) { return 1; }

  WB_INLINE_MEMBER static void keep(Ints q, Quantised* to, int32_t at, size_t /*stride*/) {
    to += at;
    const auto low_words = [](v128_t a, v128_t b) {
      return wasm_i16x8_shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
    };
    wasm_v128_store(to, low_words(q.v[0], q.v[1]));
    wasm_v128_store(to + 8, low_words(q.v[2], q.v[3]));
  }

  /// Two rows each.
  struct Weights {
    v128_t v[8];
  };
  WB_INLINE_MEMBER static Weights weights(const int8_t* from) {
    Weights w;
    WB_UNROLL for (int i = 0; i < 8; i++) w.v[i] = wasm_i16x8_load8x8(from + 8 * i);
    return w;
  }

  /// Two rows each, two sums a row.
  struct Sums {
    v128_t v[8];
  };
  WB_INLINE_MEMBER static Sums no_sums() {
    const v128_t zero = wasm_i32x4_splat(0);
    return {{zero, zero, zero, zero, zero, zero, zero, zero}};
  }
  WB_INLINE_MEMBER static v128_t add_products(v128_t sums, v128_t w, v128_t x) {
    return wasm_i32x4_add(sums, wasm_i32x4_dot_i16x8(w, x));
  }
  WB_INLINE_MEMBER static void accumulate(Sums& sums, Weights w, v128_t x) {
    WB_UNROLL for (int i = 0; i < 8; i++) sums.v[i] = add_products(sums.v[i], w.v[i], x);
  }
  WB_INLINE_MEMBER static void accumulate(Sums& sums, Weights w, const Quantised* q) {
    accumulate(sums, w, wasm_v128_load64_splat(q));
  }
  WB_INLINE_MEMBER static const Quantised* listed_from(const Quantised* row, int32_t begin,
                                                       size_t /*stride*/) {
    return row + begin;
  }
  WB_INLINE_MEMBER static void accumulate_listed(Sums* const (&sums)[kPlanes], Weights w,
                                                 const Quantised* q, size_t /*stride*/,
                                                 const int32_t* columns) {
    v128_t four = wasm_v128_load16_splat(q + columns[0]);
    four = wasm_v128_load16_lane(q + columns[1], four, 1);
    four = wasm_v128_load16_lane(q + columns[2], four, 2);
    four = wasm_v128_load16_lane(q + columns[3], four, 3);
    accumulate(*sums[0], w, wasm_i64x2_shuffle(four, four, 0, 0));
  }
  template <int kSharing>
  WB_INLINE_MEMBER static void accumulate_shared(Sums& sums, Weights w, const Quantised* q,
                                                 const uint16_t* quads) {
    WB_UNROLL for (int i = 0; i < 4; i++) {
      const v128_t x = wasm_v128_load64_splat(q + size_t{kStepColumns} * quads[4 * i / kSharing]);
      sums.v[2 * i] = add_products(sums.v[2 * i], w.v[2 * i], x);
      sums.v[2 * i + 1] = add_products(sums.v[2 * i + 1], w.v[2 * i + 1], x);
    }
  }
  WB_INLINE_MEMBER static void accumulate_quads(Sums& sums, Weights w, const Quantised* q,
                                                const uint8_t* places) {
    WB_UNROLL for (int i = 0; i < 8; i++) {
      v128_t x = wasm_v128_load64_zero(q + size_t{kStepColumns} * places[2 * i]);
      x = wasm_v128_load64_lane(q + size_t{kStepColumns} * places[2 * i + 1], x, 1);
      sums.v[i] = add_products(sums.v[i], w.v[i], x);
    }
  }
  WB_INLINE_MEMBER static Sums join(Sums a, Sums b) {
    WB_UNROLL for (int i = 0; i < 8; i++) a.v[i] = wasm_i32x4_add(a.v[i], b.v[i]);
    return a;
  }
  WB_INLINE_MEMBER static Ints finish(const Sums* sums, const int32_t* /*corrections*/) {
    Ints r;
    WB_UNROLL for (int i = 0; i < 4; i++) {
      const v128_t a = sums->v[2 * i], b = sums->v[2 * i + 1];
      r.v[i] = wasm_i32x4_add(wasm_i32x4_shuffle(a, b, 0, 2, 4, 6),
                              wasm_i32x4_shuffle(a, b, 1, 3, 5, 7));
    }
    return r;
  }
};
using Bits12 = Bits8;

}  // namespace
}  // namespace wavebridge

#endif  // WAVEBRIDGE_KERNELS_INT8_SIMD128_H_
