#ifndef WAVEBRIDGE_CUDA_PRODUCT_CUH_
#define WAVEBRIDGE_CUDA_PRODUCT_CUH_

#include "kernels/canonical.cuh"
#include "kernels/exchange.cuh"

// Products of a block's panels with vectors in shared memory. A warp takes a
// panel: four lanes for each of its eight rows, a lane for each partial sum of
// the canonical order (docs/numerics.md).

namespace wavebridge::cuda {

/// A vector of every row of the group, in shared memory. Offsets, not pointers: so a function that
/// is called knows what kind of memory it reads.
struct Operand {
  uint32_t offset;
  uint32_t stride, row_stride;
  int32_t maximum;  ///< int8: which of the block's maxima it was quantised by; negative for a
                    ///< bounded vector
};

WB_DEVICE Operand operand_of(const OperandPlace& place, int32_t maximum = -1) {
  return {place.offset, place.stride, place.row_stride, maximum};
}

/// f32 weights and activations.
struct F32 {
  using Sum = float;
  static constexpr bool kQuantises = false;
  static constexpr float kLargest = 1.0f;

  /// One step of a lane: four columns, in order.
  template <bool kListed>
  WB_DEVICE static float add(float sum, const Quad& w, const uint32_t* x, const Operand& operand,
                             uint32_t step, uint32_t lane, const Columns& list) {
    const float* own = reinterpret_cast<const float*>(x) + lane * operand.stride;
    FloatQuad v;
    if constexpr (kListed) {
      v = {own[list.x], own[list.y], own[list.z], own[list.w]};
    } else {
      v = *reinterpret_cast<const FloatQuad*>(own + 4 * step);
    }
    sum = fma(from_bits(w.x), v.x, sum);
    sum = fma(from_bits(w.y), v.y, sum);
    sum = fma(from_bits(w.z), v.z, sum);
    return fma(from_bits(w.w), v.w, sum);
  }
  WB_DEVICE static float finish(float sum, float, float, float bias) { return sum + bias; }
  /// Keeps a value between -1 and 1 (int8), or any.
  WB_DEVICE static void keep(unsigned char* vector, uint32_t stride, int column, float value) {
    reinterpret_cast<float*>(
        vector)[static_cast<uint32_t>(column % 4) * stride + static_cast<uint32_t>(column / 4)] =
        value;
  }
};

/// int8 weights, and activations of 8 bits, or of 12 in two parts: `q = 64 * first + second`.
template <int kParts>
struct Int8InParts {
  using Sum = int32_t;
  static constexpr bool kQuantises = true;
  static constexpr float kLargest = kParts == 1 ? 127.0f : 2047.0f;
  static constexpr int kPartBits = 6;

  template <bool kListed>
  WB_DEVICE static int32_t add(int32_t sum, const Quad& w, const uint32_t* x,
                               const Operand& operand, uint32_t step, uint32_t lane,
                               const Columns& list) {
    if constexpr (kParts == 1) {
      return add_part<kListed>(sum, w, x, step, lane, list);
    } else {
      const int32_t first = add_part<kListed>(0, w, x, step, lane, list);
      return add_part<kListed>(sum + first * (1 << kPartBits), w, x + operand.stride, step, lane,
                               list);
    }
  }
  WB_DEVICE static float finish(int32_t sum, float weight_scale, float scale, float bias) {
    return static_cast<float>(sum) * (weight_scale * scale) + bias;
  }
  WB_DEVICE static void keep(unsigned char* vector, uint32_t stride, int column, float value) {
    put(vector, stride, column, quantise(value, kLargest, kLargest));
  }
  WB_DEVICE static void put(unsigned char* vector, uint32_t stride, int column, int activation) {
    if constexpr (kParts == 1) {
      vector[column] = static_cast<unsigned char>(activation);
    } else {
      vector[column] = static_cast<unsigned char>(activation >> kPartBits);
      vector[4 * stride + static_cast<uint32_t>(column)] =
          static_cast<unsigned char>(activation & ((1 << kPartBits) - 1));
    }
  }

 private:
  template <bool kListed>
  WB_DEVICE static int32_t add_part(int32_t sum, const Quad& w, const uint32_t* x, uint32_t step,
                                    uint32_t lane, const Columns& list) {
    Quad v;
    if constexpr (kListed) {
      v = {x[list.x], x[list.y], x[list.z], x[list.w]};
    } else {
      v = *reinterpret_cast<const Quad*>(x + 4 * (kRowLanes * step + lane));
    }
    return dot4(w.w, v.w, dot4(w.z, v.z, dot4(w.y, v.y, dot4(w.x, v.x, sum))));
  }
};
using Int8 = Int8InParts<1>;
using Int8Of12 = Int8InParts<2>;

/// Where results go.
struct Sink {
  bool sent;  ///< to all blocks as values from `first` on; else to the block's
              ///< own results, panel by panel
  bool relu;
  uint32_t first;
};

/// The sums of one row of a panel and `kTile` rows of the batch, of which `x`
/// is the first.
template <typename Arithmetic, int kTile, bool kListed>
WB_DEVICE void add_steps(const Quad* weights, const Columns* list, uint32_t steps,
                         const uint32_t* x, const Operand& operand,
                         typename Arithmetic::Sum (&sums)[kTile]) {
  const uint32_t lane = static_cast<uint32_t>(thread_index() % kWarp), part = lane % kRowLanes;
#pragma unroll(kTile > 4 ? 1 : 2)
  for (uint32_t step = 0; step < steps; step++) {
    const Quad w = weights[step * kStepQuads + lane];
    const Columns columns = kListed ? list[step * kRowLanes + part] : Columns{0, 0, 0, 0};
#pragma unroll
    for (int row = 0; row < kTile; row++) {
      sums[row] = Arithmetic::template add<kListed>(
          sums[row], w, x + static_cast<uint32_t>(row) * operand.row_stride, operand, step, part,
          columns);
    }
  }
}

/// The same for either kind of panel.
template <typename Arithmetic, int kTile>
WB_DEVICE void add_steps(const Block& block, const Quad* weights, const Panel& panel,
                         const uint32_t* x, const Operand& operand,
                         typename Arithmetic::Sum (&sums)[kTile]) {
  if (panel.columns == kDense) {
    add_steps<Arithmetic, kTile, false>(weights, nullptr, panel.steps, x, operand, sums);
  } else {
    const Columns* list = reinterpret_cast<const Columns*>(block.resident() + panel.columns);
    add_steps<Arithmetic, kTile, true>(weights, list, panel.steps, x, operand, sums);
  }
}

/// A panel and `kTile` rows of the batch from `first_row` on.
template <typename Arithmetic, typename Exchange, int kTile>
WB_DEVICE void multiply_panel(const Block& block, uint32_t step, uint32_t index,
                              const Operand& operand, const Sink& sink, int first_row) {
  const Panel& panel = block.panel(index);
  typename Arithmetic::Sum sums[kTile] = {};
  const uint32_t* x =
      block.at<uint32_t>(operand.offset) + static_cast<uint32_t>(first_row) * operand.row_stride;
  const bool resident = panel.weights + panel.steps * kStepQuads <= block.header.resident_quads;
  if (resident) {
    add_steps<Arithmetic, kTile>(block, block.resident() + panel.weights, panel, x, operand, sums);
  } else {
    add_steps<Arithmetic, kTile>(block, block.state.image + panel.weights, panel, x, operand, sums);
  }

  const int lane = thread_index() % kWarp, row_of_panel = lane / kRowLanes, part = lane % kRowLanes;
  const float* constants = reinterpret_cast<const float*>(block.resident() + panel.constants);
  const uint32_t own = index * kPanelRows + static_cast<uint32_t>(row_of_panel);
#pragma unroll
  for (int i = 0; i < kTile; i++) {
    typename Arithmetic::Sum sum = sums[i];
    sum = sum + shuffle_xor(sum, 1);
    sum = sum + shuffle_xor(sum, 2);
    const int row = first_row + i;
    if (row >= block.state.rows || row_of_panel >= static_cast<int>(panel.rows)) continue;
    const uint32_t at = (own << block.arguments.row_shift) + static_cast<uint32_t>(row);
    const float bias = panel.of_frame ? block.at<float>(block.arguments.frame_biases)[at]
                                      : constants[row_of_panel];
    const float largest =
        operand.maximum < 0 ? 1.0f : from_bits(block.state.largest[operand.maximum][row]);
    float y = Arithmetic::finish(sum, constants[kPanelRows + row_of_panel],
                                 largest / Arithmetic::kLargest, bias);
    if (sink.relu) y = relu_of(y);
    if (sink.sent) {
      publish<Exchange>(block, step, sink.first + panel.row + static_cast<uint32_t>(row_of_panel),
                        row, part, y);
    } else if (row % kRowLanes == part) {
      block.at<float>(block.arguments.results)[at] = y;
    }
  }
}

/// The block's panels of a matrix, for all rows.
template <typename Arithmetic, typename Exchange>
WB_DEVICE_CALL void multiply(uint32_t step, int matrix, const Operand operand, const Sink sink) {
  const Block block = block_here();
  const uint32_t warps = static_cast<uint32_t>(thread_count() / kWarp);
  const uint32_t end = block.header.first_panel[matrix + 1];
  uint32_t index = block.header.first_panel[matrix] + static_cast<uint32_t>(thread_index() / kWarp);
  for (; index < end; index += warps) {
    for (int row = 0; row < block.state.rows; row += block.arguments.tile) {
      if (block.arguments.tile == 1) {
        multiply_panel<Arithmetic, Exchange, 1>(block, step, index, operand, sink, row);
      } else if (block.arguments.tile == 4) {
        multiply_panel<Arithmetic, Exchange, 4>(block, step, index, operand, sink, row);
      } else {
        multiply_panel<Arithmetic, Exchange, 8>(block, step, index, operand, sink, row);
      }
    }
  }
}

/// Keeps a value of a vector whose bound is known.
template <typename Arithmetic>
WB_DEVICE void keep_bounded(const Block& block, const OperandPlace& place, int column, int row,
                            float value) {
  unsigned char* vector =
      block.at<unsigned char>(place.offset) + 4 * static_cast<uint32_t>(row) * place.row_stride;
  Arithmetic::keep(vector, place.stride, column, value);
}

/// Which of a block's maxima are those of vector `number`; negative where nothing is quantised.
template <typename Arithmetic>
WB_DEVICE int32_t maximum_of(uint32_t number) {
  return Arithmetic::kQuantises ? static_cast<int32_t>(number % 3) : -1;
}

/// Keeps values that a thread has in the order of `collect`, and quantises them together:
/// `give(use)` calls `use(column, row, value)` for each. f32 keeps them as they are. `number`
/// counts the vectors that are quantised so. Ends with a barrier.
template <typename Arithmetic, typename Give>
WB_DEVICE void keep_with_maximum(const Block& block, const OperandPlace& place, int count,
                                 uint32_t number, const Give& give) {
  if constexpr (!Arithmetic::kQuantises) {
    give([&](int column, int row, float value) {
      keep_bounded<Arithmetic>(block, place, column, row, value);
    });
    block_barrier();
  } else {
    const int thread = thread_index(), shift = block.arguments.row_shift;
    float* values = block.at<float>(block.arguments.collected);
    uint32_t largest = 0;
    give([&](int column, int row, float value) {
      values[(column << shift) + row] = value;
      // Magnitudes are ordered as their bits are; a NaN is never the largest.
      const uint32_t magnitude = bits(value) & 0x7fffffffu;
      if (magnitude <= 0x7f800000u && magnitude > largest) largest = magnitude;
    });
    for (int mask = kWarp / 2; mask >= block.places(); mask /= 2) {
      const uint32_t other = shuffle_xor(largest, mask);
      if (other > largest) largest = other;
    }
    // One place of three is cleared ahead: it was last read before a barrier
    // that all have passed.
    uint32_t* now = block.state.largest[number % 3];
    if (thread < kMostGroupRows) block.state.largest[(number + 1) % 3][thread] = 0;
    if (thread % kWarp < block.places()) atomic_max(&now[thread % block.places()], largest);
    block_barrier();
    for (int at = thread; at < count << shift; at += thread_count()) {
      const int row = at & (block.places() - 1), column = at >> shift;
      if (row >= block.state.rows) continue;
      const float most = from_bits(now[row]);
      const float factor = most > 0.0f ? Arithmetic::kLargest / most : 0.0f;
      Arithmetic::put(
          block.at<unsigned char>(place.offset) + 4 * static_cast<uint32_t>(row) * place.row_stride,
          place.stride, column, quantise(values[at], factor, Arithmetic::kLargest));
    }
    block_barrier();
  }
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_PRODUCT_CUH_
