#ifndef WAVEBRIDGE_KERNELS_INT8_SCALAR_H_
#define WAVEBRIDGE_KERNELS_INT8_SCALAR_H_

// Products of int8 weights and activations in plain C++: the definition that the other levels
// copy. Included like the lanes.

#include "kernels/lanes_scalar.h"

namespace wavebridge {
namespace {

/// Activations of 8 bits.
struct Bits8 {
  /// How this level keeps a quantised activation.
  using Quantised = int16_t;
  /// Whether listed activations are gathered while they are multiplied, and not before. Gathered
  /// through memory, bytes that were just stored would be loaded as words, for which many CPUs
  /// wait.
  static constexpr bool kGathersInRegisters = true;
  /// Vectors that hold the activations of a row: two where each keeps a part of them.
  static constexpr int kPlanes = 1;
  /// Vectors that are kept in all: some for another way of reading them.
  static constexpr int kPlaces = 1;
  /// Batch rows that share one pass over a panel, at most, and sums of one row that alternate.
  static constexpr int kRowsTogether = 1;
  static constexpr int chains(int) { return 1; }

  /// Keeps the low bits of sixteen integers as activations from place `at` on: those of what is not
  /// a number are 0. Vectors are `stride` places apart.
  WB_INLINE_MEMBER static void keep(Ints q, Quantised* to, int32_t at, size_t /*stride*/) {
    to += at;
    int32_t all[kLanes];
    store(q, all);
    for (int i = 0; i < kLanes; i++) {
      const int32_t low = all[i] & 0xffff;
      to[i] = static_cast<int16_t>(low < 32768 ? low : low - 65536);
    }
  }

  /// The weights of one step: four columns of sixteen rows.
  struct Weights {
    const int8_t* v;
  };
  WB_INLINE_MEMBER static Weights weights(const int8_t* from) { return {from}; }

  /// Sums of products of sixteen rows.
  struct Sums {
    Ints v;
  };
  WB_INLINE_MEMBER static Sums no_sums() { return {splat(0)}; }
  /// Adds one step; `q` holds the activations of its four columns.
  __attribute__((noinline)) static void accumulate(Sums& sums, Weights w, const Quantised* q) {
    int32_t step[kLanes];
    for (int lane = 0; lane < kLanes; lane++) {
      int32_t sum = 0;
      for (int j = 0; j < kStepColumns; j++) sum += w.v[lane * kStepColumns + j] * q[j];
      step[lane] = sum;
    }
    sums.v = add(sums.v, load(step));
  }
  WB_INLINE_MEMBER static Sums join(Sums a, Sums b) { return {add(a.v, b.v)}; }
  /// The sixteen sums, from those of each plane. `corrections`: what a level needs that shifts its
  /// activations.
  WB_INLINE_MEMBER static Ints finish(const Sums* sums, const int32_t* /*corrections*/) {
    return sums[0].v;
  }

  /// Where listed activations are read, of those from place `begin` of a row on.
  WB_INLINE_MEMBER static const Quantised* listed_from(const Quantised* row, int32_t begin,
                                                       size_t /*stride*/) {
    return row + begin;
  }
  /// Adds one step of four columns of a row, of which `q` is what `listed_from` gave.
  WB_INLINE_MEMBER static void accumulate_listed(Sums* const (&sums)[kPlanes], Weights w,
                                                 const Quantised* q, size_t /*stride*/,
                                                 const int32_t* columns) {
    const Quantised four[kStepColumns] = {q[columns[0]], q[columns[1]], q[columns[2]],
                                          q[columns[3]]};
    accumulate(*sums[0], w, four);
  }

  /// Adds a step in which `kSharing` rows share a quad: `quads` says which of those from `q` on.
  template <int kSharing>
  __attribute__((noinline)) static void accumulate_shared(Sums& sums, Weights w, const Quantised* q,
                                                          const uint16_t* quads) {
    int32_t step[kLanes];
    for (int lane = 0; lane < kLanes; lane++) {
      const Quantised* quad = q + size_t{kStepColumns} * quads[lane / kSharing];
      int32_t sum = 0;
      for (int j = 0; j < kStepColumns; j++) sum += w.v[lane * kStepColumns + j] * quad[j];
      step[lane] = sum;
    }
    sums.v = add(sums.v, load(step));
  }

  /// Adds a step in which each row has a quad of its own: `places` says which of the 64 from `q`
  /// on.
  __attribute__((noinline)) static void accumulate_quads(Sums& sums, Weights w, const Quantised* q,
                                                         const uint8_t* places) {
    int32_t step[kLanes];
    for (int lane = 0; lane < kLanes; lane++) {
      const Quantised* quad = q + size_t{kStepColumns} * places[lane];
      int32_t sum = 0;
      for (int j = 0; j < kStepColumns; j++) sum += w.v[lane * kStepColumns + j] * quad[j];
      step[lane] = sum;
    }
    sums.v = add(sums.v, load(step));
  }
};
/// Activations of 12 bits.
using Bits12 = Bits8;

}  // namespace
}  // namespace wavebridge

#endif  // WAVEBRIDGE_KERNELS_INT8_SCALAR_H_
