#ifndef WAVEBRIDGE_KERNELS_INT8_SCALAR_H_
#define WAVEBRIDGE_KERNELS_INT8_SCALAR_H_

// Products of int8 weights and activations in plain C++: the definition that the other levels
// copy. Included like the lanes.

#include "kernels/lanes_scalar.h"

namespace wavebridge {
namespace {

/// How this level keeps a quantised activation.
using Quantised = int16_t;
/// Vectors that hold the activations of 12 bits: two where each keeps a part of them.
inline constexpr int kPlanesOf12 = 1;
/// Batch rows that share one pass over a panel, at most, and sums of one row that alternate.
inline constexpr int kInt8RowsTogether = 1;
inline constexpr int int8_chains(int) { return 1; }

/// The low bits of sixteen integers, as activations: those of what is not a number are 0. The
/// second parts, if there are any, go `distance` behind the first.
template <int kPlanes>
WB_INLINE void store_quantised(Ints q, Quantised* to, size_t /*distance*/) {
  int32_t all[kLanes];
  store(q, all);
  for (int i = 0; i < kLanes; i++) {
    const int32_t low = all[i] & 0xffff;
    to[i] = static_cast<int16_t>(low < 32768 ? low : low - 65536);
  }
}

/// The weights of one step: four columns of sixteen rows.
struct Int8Weights {
  const int8_t* v;
};
WB_INLINE Int8Weights load_int8(const int8_t* from) { return {from}; }

/// Sums of products of sixteen rows.
struct Int8Sums {
  Ints v;
};
WB_INLINE Int8Sums no_sums() { return {splat(0)}; }
/// Adds one step; `q` holds the activations of its four columns.
template <int kPlanes>
__attribute__((noinline)) void accumulate(Int8Sums& sums, Int8Weights w, const Quantised* q) {
  int32_t step[kLanes];
  for (int lane = 0; lane < kLanes; lane++) {
    int32_t sum = 0;
    for (int j = 0; j < kStepColumns; j++) sum += w.v[lane * kStepColumns + j] * q[j];
    step[lane] = sum;
  }
  sums.v = add(sums.v, load(step));
}
WB_INLINE Int8Sums join(Int8Sums a, Int8Sums b) { return {add(a.v, b.v)}; }
/// The sixteen sums, from those of each plane. `corrections`: what a level needs that shifts its
/// activations.
template <int kPlanes>
WB_INLINE Ints finish(const Int8Sums* sums, const int32_t* /*corrections*/) {
  return sums[0].v;
}

/// Adds one step of four columns of the vector from `q` on.
template <int kPlanes>
WB_INLINE void accumulate_listed(Int8Sums& sums, Int8Weights w, const Quantised* q,
                                 const int32_t* columns) {
  const Quantised four[kStepColumns] = {q[columns[0]], q[columns[1]], q[columns[2]], q[columns[3]]};
  accumulate<kPlanes>(sums, w, four);
}

/// Adds a step in which four rows share a quad: `quads` says which of those from `q` on.
template <int kPlanes>
__attribute__((noinline)) void accumulate_shared(Int8Sums& sums, Int8Weights w, const Quantised* q,
                                                 const uint16_t* quads) {
  int32_t step[kLanes];
  for (int lane = 0; lane < kLanes; lane++) {
    const Quantised* quad = q + size_t{kStepColumns} * quads[lane / kSharingRows];
    int32_t sum = 0;
    for (int j = 0; j < kStepColumns; j++) sum += w.v[lane * kStepColumns + j] * quad[j];
    step[lane] = sum;
  }
  sums.v = add(sums.v, load(step));
}

/// Adds a step in which each row has a quad of its own: `places` says which of the 64 from `q` on.
template <int kPlanes>
__attribute__((noinline)) void accumulate_quads(Int8Sums& sums, Int8Weights w, const Quantised* q,
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

}  // namespace
}  // namespace wavebridge

#include "kernels/int8_gather.inc"

#endif  // WAVEBRIDGE_KERNELS_INT8_SCALAR_H_
