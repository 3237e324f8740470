// Products of int8 weights and activations in plain C++: the definition that the other levels
// copy. Included like the lanes.

/// How this level keeps a quantised activation.
using Quantised = int8_t;
/// Batch rows that share one pass over a panel, at most, and sums of one row that alternate.
inline constexpr int kInt8RowsTogether = 1;
inline constexpr int int8_chains(int) { return 1; }

/// The low bits of sixteen integers, as activations: those of what is not a number are 0.
WB_INLINE void store_quantised(Ints q, Quantised* to) {
  for (int i = 0; i < kLanes; i++) {
    const uint32_t low = q.v[i] & 0xff;
    to[i] = static_cast<int8_t>(low < 128 ? static_cast<int>(low) : static_cast<int>(low) - 256);
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
WB_INLINE void accumulate(Int8Sums& sums, Int8Weights w, const Quantised* q) {
  for (int lane = 0; lane < kLanes; lane++) {
    int32_t sum = 0;
    for (int j = 0; j < kStepColumns; j++) sum += w.v[lane * kStepColumns + j] * q[j];
    sums.v.v[lane] += static_cast<uint32_t>(sum);
  }
}
WB_INLINE Int8Sums join(Int8Sums a, Int8Sums b) { return {add(a.v, b.v)}; }
/// The sixteen sums. `corrections`: what a level needs that shifts its activations.
WB_INLINE Ints finish(Int8Sums sums, const int32_t* /*corrections*/) { return sums.v; }

/// Adds a step in which each row has a quad of its own: `places` says which of the 64 from `q` on.
WB_INLINE void accumulate_quads(Int8Sums& sums, Int8Weights w, const Quantised* q,
                                const uint8_t* places) {
  for (int lane = 0; lane < kLanes; lane++) {
    const Quantised* quad = q + kStepColumns * places[lane];
    int32_t sum = 0;
    for (int j = 0; j < kStepColumns; j++) sum += w.v[lane * kStepColumns + j] * quad[j];
    sums.v.v[lane] += static_cast<uint32_t>(sum);
  }
}

#include "kernels/int8_gather.inc"
