// Sixteen lanes in plain C++: the definition that the other levels copy. Included by one
// translation unit only, inside an unnamed namespace; includes nothing, so that no inline function
// of a library is compiled for a special level.

/// Batch rows that share one pass over a panel, at most, and partial sums that such a pass adds to:
/// what fits into the registers.
inline constexpr int kRowsTogether = 1;
inline constexpr int kSumsTogether = 4;
/// Sums that take turns to hide how long a multiply-add takes, and still fit into the registers.
inline constexpr int kIndependentSums = 4;

/// Sixteen floats.
struct Lanes {
  float v[kLanes];
};
/// Sixteen 32-bit integers, kept unsigned so that they wrap around.
struct Ints {
  uint32_t v[kLanes];
};

#define WB_EACH_LANE for (int i = 0; i < kLanes; i++)

WB_INLINE Lanes load(const float* p) {
  Lanes r;
  memcpy(r.v, p, sizeof r.v);
  return r;
}
WB_INLINE void store(Lanes a, float* p) { memcpy(p, a.v, sizeof a.v); }
WB_INLINE Ints load(const int32_t* p) {
  Ints r;
  memcpy(r.v, p, sizeof r.v);
  return r;
}
WB_INLINE void store(Ints a, int32_t* p) { memcpy(p, a.v, sizeof a.v); }
WB_INLINE Lanes splat(float x) {
  Lanes r;
  WB_EACH_LANE r.v[i] = x;
  return r;
}
WB_INLINE Ints splat(int32_t x) {
  Ints r;
  WB_EACH_LANE r.v[i] = static_cast<uint32_t>(x);
  return r;
}
WB_INLINE Lanes fma(Lanes a, Lanes b, Lanes c) {
  WB_EACH_LANE a.v[i] = __builtin_fmaf(a.v[i], b.v[i], c.v[i]);
  return a;
}
WB_INLINE Lanes add(Lanes a, Lanes b) {
  WB_EACH_LANE a.v[i] = a.v[i] + b.v[i];
  return a;
}
WB_INLINE Lanes sub(Lanes a, Lanes b) {
  WB_EACH_LANE a.v[i] = a.v[i] - b.v[i];
  return a;
}
WB_INLINE Lanes mul(Lanes a, Lanes b) {
  WB_EACH_LANE a.v[i] = a.v[i] * b.v[i];
  return a;
}
WB_INLINE Lanes div(Lanes a, Lanes b) {
  WB_EACH_LANE a.v[i] = a.v[i] / b.v[i];
  return a;
}
WB_INLINE Lanes square_root(Lanes a) {
  WB_EACH_LANE a.v[i] = __builtin_sqrtf(a.v[i]);
  return a;
}
/// `a > b ? a : b`: b where either is NaN.
WB_INLINE Lanes larger(Lanes a, Lanes b) {
  WB_EACH_LANE a.v[i] = a.v[i] > b.v[i] ? a.v[i] : b.v[i];
  return a;
}
/// `a < b ? a : b`: b where either is NaN.
WB_INLINE Lanes smaller(Lanes a, Lanes b) {
  WB_EACH_LANE a.v[i] = a.v[i] < b.v[i] ? a.v[i] : b.v[i];
  return a;
}
/// `a < b ? yes : no`.
WB_INLINE Lanes if_less(Lanes a, Lanes b, Lanes yes, Lanes no) {
  WB_EACH_LANE yes.v[i] = a.v[i] < b.v[i] ? yes.v[i] : no.v[i];
  return yes;
}
/// The largest lane of numbers that are not NaN.
WB_INLINE float largest(Lanes a) {
  float r = a.v[0];
  WB_EACH_LANE r = a.v[i] > r ? a.v[i] : r;
  return r;
}
WB_INLINE Ints bits(Lanes a) {
  Ints r;
  memcpy(r.v, a.v, sizeof r.v);
  return r;
}
WB_INLINE Lanes from_bits(Ints a) {
  Lanes r;
  memcpy(r.v, a.v, sizeof r.v);
  return r;
}
WB_INLINE Ints add(Ints a, Ints b) {
  WB_EACH_LANE a.v[i] += b.v[i];
  return a;
}
WB_INLINE Ints sub(Ints a, Ints b) {
  WB_EACH_LANE a.v[i] -= b.v[i];
  return a;
}
WB_INLINE Ints bit_and(Ints a, Ints b) {
  WB_EACH_LANE a.v[i] &= b.v[i];
  return a;
}
WB_INLINE Ints bit_or(Ints a, Ints b) {
  WB_EACH_LANE a.v[i] |= b.v[i];
  return a;
}
WB_INLINE Ints shift_left_23(Ints a) {
  WB_EACH_LANE a.v[i] <<= 23;
  return a;
}
WB_INLINE Ints arithmetic_shift_right_23(Ints a) {
  WB_EACH_LANE a.v[i] = static_cast<uint32_t>(static_cast<int32_t>(a.v[i]) >> 23);
  return a;
}
/// Signed maximum with 0.
WB_INLINE Ints at_least_zero(Ints a) {
  WB_EACH_LANE a.v[i] = static_cast<int32_t>(a.v[i]) > 0 ? a.v[i] : 0;
  return a;
}
WB_INLINE Lanes to_float(Ints a) {
  Lanes r;
  WB_EACH_LANE r.v[i] = static_cast<float>(static_cast<int32_t>(a.v[i]));
  return r;
}
/// Nearest integer, ties to even; the smallest integer for NaN and what does not fit.
WB_INLINE Ints to_int(Lanes a) {
  Ints r;
  WB_EACH_LANE {
    const float x = __builtin_rintf(a.v[i]);
    const bool fits = x >= -0x1p31f && x < 0x1p31f;
    r.v[i] = fits ? static_cast<uint32_t>(static_cast<int32_t>(x)) : 0x80000000u;
  }
  return r;
}
/// Sum of sixteen integers of at most 2^24.
WB_INLINE int32_t sum(Ints a) {
  uint32_t r = 0;
  WB_EACH_LANE r += a.v[i];
  return static_cast<int32_t>(r);
}
/// The four quads of `x` that begin at four columns.
WB_INLINE Lanes load_quads(const float* x, const int32_t* columns) {
  Lanes r;
  for (int i = 0; i < 4; i++) memcpy(r.v + 4 * i, x + columns[i], 4 * sizeof(float));
  return r;
}
/// The sums of the quads of four registers, `(0 + 1) + (2 + 3)`: lane 4 i + q is that of quad i of
/// register q.
WB_INLINE Lanes sums_of_quads(Lanes a, Lanes b, Lanes c, Lanes d) {
  const Lanes all[4] = {a, b, c, d};
  WB_EACH_LANE {
    const float* quad = all[i % 4].v + i / 4 * 4;
    a.v[i] = (quad[0] + quad[1]) + (quad[2] + quad[3]);
  }
  return a;
}

#undef WB_EACH_LANE
