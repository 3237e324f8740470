#ifndef WAVEBRIDGE_CUDA_ARGUMENTS_H_
#define WAVEBRIDGE_CUDA_ARGUMENTS_H_

#include <cstdint>

#include "kernels/device.cuh"
#include "kernels/image.h"

// The arguments that the host gives to kernels.

namespace wavebridge::cuda {

/// Rows that a group of blocks takes through the samples in step, at most.
/// Operands have places for 1, 4, 8 or 16.
inline constexpr int kMostGroupRows = 16;

/// Where a value of row n at step t lies: `first + t * by_step + n * by_row`.
struct Places {
  int64_t first, by_step, by_row;
};

/// Which samples the steps make. A row is active if its position is not
/// negative and its sample lies before `end`; an ordinary row always is.
struct Schedule {
  int64_t steps;       ///< of this launch
  int64_t first_step;  ///< its first, counted in the schedule of a subscale utterance
  int64_t lag;         ///< steps by which each row begins later; 0 for ordinary rows
  int64_t end;         ///< of the samples, as `sample` counts them
  Places sample;       ///< of uniforms, audio and logits; counted in samples
  Places time;         ///< of the frame: divided by `samples_per_frame`
  int64_t samples_per_frame;
  int64_t frames_per_row;  ///< frames of a row before those of the next; 0 where
                           ///< all rows have the same
};

/// A vector operand in shared memory, for `rows` rows. Column k of f32 lies at
/// `(k mod 4) * stride + k / 4`, of int8 at byte k; activations of 12 bits have two parts, the
/// second of which lies `stride` words behind the first. Offsets count bytes from
/// the start of shared memory.
struct OperandPlace {
  uint32_t offset;
  uint32_t stride;      ///< f32: floats between columns k and k + 1; int8: words between parts
  uint32_t row_stride;  ///< words between rows
};

/// The arguments of all persistent kernels.
struct StepArguments {
  const Quad* images;
  const uint64_t* image_starts;  ///< [blocks], in quads
  int32_t blocks;                ///< of a group
  int32_t rows;                  ///< of all groups and launches
  int32_t first_group;           ///< of this launch
  int32_t rows_per_group;
  int32_t row_shift;  ///< a group has places for `1 << row_shift` rows
  int32_t tile;       ///< rows that a warp takes at once: 1, 4 or 8
  Schedule schedule;

  uint64_t* mailboxes;  ///< packets: [groups, sets, values, places]
  uint32_t sets;        ///< 2, or 1 where every block sends in two phases of a step at least
  uint32_t values;      ///< that are exchanged in a step, of a row
  uint32_t* status;
  uint64_t most_polls;

  int32_t draws;
  const float* uniforms;
  const float* temperature;
  int32_t temperature_stride;  ///< 1 where each row has its own, 0 where all share one
  const float* given;
  float* audio;
  float* logits;
  float* previous;  ///< read and left for the next launch, as is the state
  float* state;

  uint32_t mailbox;  ///< offsets in shared memory; this one for clusters
  uint32_t results;  ///< of the gates' panels
  uint32_t frame_biases;
  uint32_t own_state;
  uint32_t collected;  ///< values that are quantised together (int8)
  uint32_t drawn_logits;
  uint32_t cleared;  ///< from here to the end it starts as 0
  uint32_t shared_bytes;
  int32_t classes;      ///< of a distribution, or outputs of a mixture
  int32_t class_shift;  ///< each lane of a warp draws among `1 << class_shift`
};

/// Which vector of several belongs to a result.
enum class Which : int32_t {
  kSame,      ///< the one of the same number
  kOfSample,  ///< that of the sample that a row makes at a step
  kOfFrame,   ///< that of its frame
  kOnly,      ///< the only one
};

/// Canonical products of f32 vectors in device memory: `y[i] = W x[i] +
/// bias[i]`. Where results are those of rows and steps, `i = row * steps +
/// step`, and what is not active is left out.
struct AffineArguments {
  const Quad* image;
  int32_t inputs, outputs;
  int64_t vectors;
  const float* x;
  int64_t x_stride;  ///< floats between vectors
  Which x_of;
  const float* bias;
  Which bias_of;
  float* y;
  bool of_rows;
  Schedule schedule;
};

/// UpsampleFrames: `x [rows, given, channels]`, `y [rows, count, channels]`,
/// `phases [factor, 3]`.
struct UpsampleArguments {
  int64_t factor, cut;
  const float* phases;
  float bias;
  int64_t rows, given, channels, count;
  int64_t blocks;  ///< that share a row
  const float* x;
  float* y;
};

/// InterpolateFrames: `x [rows, frames, channels]`, `y [rows, count, channels]`.
struct InterpolateArguments {
  int64_t hop, cut;
  int64_t rows, frames, channels, count;
  int64_t blocks;  ///< that share a row
  const float* x;
  float* y;
};

/// The first layer's input, `y [rows, times, channels]`: samples of earlier
/// rows at times `first_time + row's position`.
struct ChannelsArguments {
  Schedule schedule;
  int32_t rows, channels;
  bool own_past;
  int64_t horizon;
  int64_t times, first_time;  ///< times of a row; the first, from the row's
                              ///< position at step 0 on
  const float* audio;
  float* y;
};

/// A layer of a context network over the times of all rows.
struct ConvolutionArguments {
  int32_t rows, inputs, outputs, kernel, dilation;
  bool relu;
  int64_t times;        ///< of the result; the input has `(kernel - 1) * dilation`
                        ///< more, at the beginning
  const float* weight;  ///< [outputs, kernel * inputs]
  const float* bias;
  const float* x;  ///< [rows, times + (kernel - 1) * dilation, inputs]
  float* y;        ///< [rows, times, outputs]
};

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_ARGUMENTS_H_
