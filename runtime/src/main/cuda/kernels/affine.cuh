#ifndef WAVEBRIDGE_CUDA_AFFINE_CUH_
#define WAVEBRIDGE_CUDA_AFFINE_CUH_

#include "kernels/canonical.cuh"
#include "kernels/schedule.cuh"

// Canonical f32 products outside the sample path: BlockSparseGemm, what frames
// give to the layers, contexts.

namespace wavebridge::cuda {

/// Vectors that a warp takes at once.
inline constexpr int kAffineTile = 4;

WB_DEVICE int64_t vector_of(const AffineArguments& arguments, Which which, int64_t index) {
  if (which == Which::kSame) return index;
  if (which == Which::kOnly) return 0;
  const int64_t row = index / arguments.schedule.steps, step = index % arguments.schedule.steps;
  return which == Which::kOfSample ? place(arguments.schedule.sample, step, row)
                                   : frame_of(arguments.schedule, step, row);
}
WB_DEVICE bool is_wanted(const AffineArguments& arguments, int64_t index) {
  if (index >= arguments.vectors) return false;
  return !arguments.of_rows || active(arguments.schedule, index % arguments.schedule.steps,
                                      index / arguments.schedule.steps);
}

/// One warp for eight outputs and some vectors, as in product.cuh.
template <int kThreads>
WB_KERNEL(kThreads)
affine(const WB_GRID_CONSTANT AffineArguments arguments) {
  const ImageHeader& header = *reinterpret_cast<const ImageHeader*>(arguments.image);
  const int lane = thread_index() % kWarp, part = lane % kRowLanes;
  const uint32_t warps = static_cast<uint32_t>(thread_count() / kWarp);
  const uint32_t index =
      static_cast<uint32_t>(block_index()) * warps + static_cast<uint32_t>(thread_index() / kWarp);
  if (index >= header.first_panel[kMostMatrices]) return;
  const Panel& panel = reinterpret_cast<const Panel*>(arguments.image + header.panels)[index];
  const Quad* weights = arguments.image + panel.weights;
  const Columns* list = reinterpret_cast<const Columns*>(arguments.image + panel.columns);
  const int64_t inputs = arguments.inputs, outputs = arguments.outputs, stride = arguments.x_stride;
  const int64_t output = panel.row + static_cast<uint32_t>(lane / kRowLanes);
  for (int64_t tile = block_row(); tile * kAffineTile < arguments.vectors; tile += block_rows()) {
    const float* x[kAffineTile];
    bool wanted[kAffineTile];
    float sums[kAffineTile] = {};
#pragma unroll
    for (int i = 0; i < kAffineTile; i++) {
      const int64_t vector = tile * kAffineTile + i;
      wanted[i] = is_wanted(arguments, vector);
      x[i] = arguments.x + (wanted[i] ? vector_of(arguments, arguments.x_of, vector) * stride : 0);
    }
    for (uint32_t step = 0; step < panel.steps; step++) {
      const Quad w = weights[step * kStepQuads + static_cast<uint32_t>(lane)];
      const float four[4] = {from_bits(w.x), from_bits(w.y), from_bits(w.z), from_bits(w.w)};
      int64_t columns[4];
      if (panel.columns == kDense) {
        for (int k = 0; k < 4; k++) columns[k] = (4 * int64_t{step} + k) * kRowLanes + part;
      } else {
        const Columns places = list[step * kRowLanes + static_cast<uint32_t>(part)];
        columns[0] = int64_t{places.x} * kRowLanes + part;
        columns[1] = int64_t{places.y} * kRowLanes + part;
        columns[2] = int64_t{places.z} * kRowLanes + part;
        columns[3] = int64_t{places.w} * kRowLanes + part;
      }
#pragma unroll
      for (int i = 0; i < kAffineTile; i++) {
#pragma unroll
        for (int k = 0; k < 4; k++) {
          // A place without a column has a weight of 0.
          const float value = wanted[i] && columns[k] < inputs ? x[i][columns[k]] : 0.0f;
          sums[i] = fma(four[k], value, sums[i]);
        }
      }
    }
#pragma unroll
    for (int i = 0; i < kAffineTile; i++) {
      float sum = sums[i];
      sum = sum + shuffle_xor(sum, 1);
      sum = sum + shuffle_xor(sum, 2);
      const int64_t vector = tile * kAffineTile + i;
      if (!wanted[i] || part != i % kRowLanes || lane / kRowLanes >= static_cast<int>(panel.rows))
        continue;
      const int64_t bias = vector_of(arguments, arguments.bias_of, vector);
      arguments.y[vector * outputs + output] = sum + arguments.bias[bias * outputs + output];
    }
  }
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_AFFINE_CUH_
