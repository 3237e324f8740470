#ifndef WAVEBRIDGE_CUDA_LAUNCH_H_
#define WAVEBRIDGE_CUDA_LAUNCH_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "wavebridge/dual_softmax.h"
#include "wavebridge/residual_gru.h"
#include "wavebridge/subscale_spec.h"

/// As in the CUDA runtime's headers, which this one does without.
typedef struct CUstream_st* cudaStream_t;

// The operators of docs/operators.md on an NVIDIA GPU. An operator's constants
// are prepared once: checked, put into the layout that the kernels keep on
// chip, and copied to the device. A prepared operator is launched any number of
// times, on one stream at a time. No function here throws, prints, or changes
// the current device.

namespace wavebridge::cuda {

enum class Status : int32_t {
  kOk = 0,
  kBadArgument,           ///< constants or sizes that docs/operators.md does not allow,
                          ///< or that do not fit the GPU
  kOutOfMemory,           ///< of the host or of the device
  kNotResident,           ///< the GPU cannot keep all blocks of a kernel at once (another
                          ///< process, or a partition of it)
  kExchangeTimedOut = 4,  ///< written by a kernel only: a block waited in vain
                          ///< for what another should have sent
  kBadTemperature = 5,    ///< written by a kernel only: not positive and finite
  kDeviceError = 6,       ///< anything else that the CUDA runtime reports
};
/// A word or two about a status, for messages.
const char* text_of(Status status) noexcept;

/// The error of a call on the host.
struct Result {
  Status status = Status::kOk;
  std::string message;  ///< where, what was expected, what was found; empty when
                        ///< all is well

  bool ok() const { return status == Status::kOk; }
};

/// A weight `W [R, K]` in the very form in which the graph carries it: the
/// initializers `W_blocks [Z, bh, bw]`, `W_columns [Z]`, `W_rows [R/bh + 1]`,
/// and for int8 `W_scales [R]`.
struct Weight {
  const void* blocks = nullptr;  ///< float, or int8_t where there are scales
  const int32_t* columns = nullptr;
  const int32_t* rows = nullptr;
  const float* scales = nullptr;  ///< null for an f32 weight
  int64_t block_count = 0;        ///< Z
  int64_t block_height = 0;       ///< bh
  int64_t block_width = 0;        ///< bw
  int64_t row_entries = 0;        ///< R/bh + 1
};
struct Layer {
  Weight weight;
  const float* bias = nullptr;  ///< [R]
};

/// The context network of a subscale utterance: the attributes and inputs that
/// only the `...SubscaleGenerate` operators have.
struct Subscale {
  SubscaleSpec spec;
  Weight input;                    ///< context_input
  const float* weights = nullptr;  ///< context_layers [Z]
  int64_t weight_count = 0;        ///< Z
};

/// A network's matrices (wavebridge/matrices.h) as the graph carries them.
struct Given {
  using Weight = cuda::Weight;
  using Layer = cuda::Layer;
  using LargeWeight = cuda::Weight;
  using LargeLayer = cuda::Layer;
};

/// How many values a network's sequences have: with a sample and with a frame (0: no such input),
/// uniforms of a sample, and what a row keeps between calls.
struct SequenceValues {
  int64_t by_sample, by_frame, draws, previous, state;
};

/// The part of every step network. Its attributes have the ranges that are declared, and its sizes
/// are checked (wavebridge/network_sizes.h).
struct SequenceNetwork {
  int64_t samples_per_frame = 0;
  const float* sample_weights = nullptr;  ///< [3H, 3], or [R]
  int64_t activation_bits = 8;            ///< of the int8 forms
  std::optional<Subscale> subscale;       ///< none for the ordinary operator
};

/// DualSoftmaxGenerate, DualSoftmaxGenerateInt8 (where the large matrices have scales) and their
/// subscale forms.
struct DualSoftmax : SequenceNetwork, DualSoftmaxSizes, DualSoftmaxMatrices<Given> {
  SequenceValues values() const {
    return {
        .by_sample = 0, .by_frame = conditioning_size, .draws = 2, .previous = 2, .state = hidden};
  }
};

/// The same for ResidualGruGenerate.
struct ResidualGru : SequenceNetwork, ResidualGruSizes, ResidualGruMatrices<Given> {
  Head head;                      ///< its class values on the host in any case
  int64_t class_value_count = 0;  ///< C, or 0

  SequenceValues values() const {
    return {.by_sample = mels,
            .by_frame = aux_sizes[0] + aux_sizes[1] + aux_sizes[2] + aux_sizes[3],
            .draws = head.draws(),
            .previous = 1,
            .state = 2 * hidden};
  }
};

struct BlockSparseGemm {
  int64_t inputs = 0;  ///< K
  Layer layer;
};

struct UpsampleFrames {
  int64_t factor = 0;
  int64_t cut = 0;
  const float* kernel = nullptr;  ///< [2 factor + 1]
  const float* bias = nullptr;    ///< [1]
};

struct InterpolateFrames {
  int64_t hop = 0;
  int64_t cut = 0;
};

/// How blocks tell each other what they computed.
enum class Variant : int32_t {
  kAuto,     ///< clusters where the network fits into one and the GPU has them,
             ///< else packets
  kPackets,  ///< a grid of blocks; words of value and step in the second-level
             ///< cache
  kCluster,  ///< thread-block clusters; the same words in distributed shared
             ///< memory
};

struct Options {
  /// Where the constants lie. On the device they are copied back once; the
  /// stream of `prepare` is waited for.
  bool constants_on_device = false;
  Variant variant = Variant::kAuto;
  int32_t most_rows = 1;    ///< N of the calls to come, at most (1 to 64, or B);
                            ///< how weights are spread depends on it
  int32_t threads = 512;    ///< of a block, a multiple of 32
  int32_t most_blocks = 0;  ///< 0: as many as the GPU has multiprocessors
  uint64_t most_polls = uint64_t{1}
                        << 22;  ///< looks at a word that does not come before a kernel gives up
};

/// Inputs and outputs of a call, all on the device, in the layouts of
/// docs/operators.md. Outputs must not overlap inputs, with one exception:
/// `next_previous` may be `previous`, and `next_state` may be `state` (and in
/// the subscale form `next_audio` may be `audio`).
struct SequenceCall {
  int64_t rows = 0;                    ///< N, or B of the subscale form
  int64_t samples = 0;                 ///< T, or A
  int64_t frames = 0;                  ///< F
  const float* by_sample = nullptr;    ///< [N, T, ...], or [A, ...]
  const float* by_frame = nullptr;     ///< [N, F, ...], or [F, ...]
  const float* uniforms = nullptr;     ///< [N, T, ...], or [A, ...]
  const float* previous = nullptr;     ///< [N, ...]
  const float* state = nullptr;        ///< [N, ...]
  const float* temperature = nullptr;  ///< [N], or [1] of the subscale form
  const float* audio = nullptr;        ///< [A]; subscale form only
  /// On the host, subscale form only: the number of kernels depends on it.
  int64_t schedule[4] = {0, 0, 0, 0};
  float* next_audio = nullptr;  ///< [N, T], or [A]
  float* next_previous = nullptr;
  float* next_state = nullptr;
  /// Teacher forcing, as the `...Score` operators do it: samples to take
  /// instead of drawing them, [N, T]; then uniforms and temperature are not
  /// read and the audio is not written. Not in the subscale form.
  const float* given = nullptr;
  float* logits = nullptr;     ///< [N, T, ...]; null where they are not wanted
  uint32_t* status = nullptr;  ///< [1] on the device: a Status, kOk from the
                               ///< start of the call on
};

/// The decisions made while preparing, for logs and tests.
struct Layout {
  Variant variant;
  int32_t blocks;  ///< of a group: those that exchange with each other
  int32_t groups;  ///< that run at once, each with rows of its own
  int32_t rows_per_group;
  int64_t shared_bytes;    ///< of a block
  int64_t resident_bytes;  ///< weights in shared memory, of all blocks of a group
  int64_t streamed_bytes;  ///< weights that did not fit, read through the caches
                           ///< at every sample
};

/// A step network.
class PreparedSequence {
 public:
  virtual ~PreparedSequence() = default;
  virtual Layout layout() const noexcept = 0;
  /// Bytes of device memory, aligned to 256, that a call of that size needs; it
  /// keeps nothing in them between calls.
  virtual size_t workspace(int64_t rows, int64_t samples, int64_t frames) const noexcept = 0;
  /// Queues a call. Queues only kernels, copies and fills on the device, so a
  /// stream may be captured into a graph. What a kernel reports later is in
  /// `call.status`; its outputs then mean nothing.
  virtual Result launch(const SequenceCall& call, void* workspace,
                        cudaStream_t stream) const noexcept = 0;
};
class PreparedGemm {
 public:
  virtual ~PreparedGemm() = default;
  /// `x [batch, K]`, `y [batch, R]`; needs no workspace.
  virtual Result launch(const float* x, float* y, int64_t batch,
                        cudaStream_t stream) const noexcept = 0;
};

class PreparedUpsampling {
 public:
  virtual ~PreparedUpsampling() = default;
  /// `x [rows, given, channels]`, `y [rows, (given - 2) factor - 2 cut,
  /// channels]`; needs no workspace.
  virtual Result launch(const float* x, float* y, int64_t rows, int64_t given, int64_t channels,
                        cudaStream_t stream) const noexcept = 0;
};

/// Prepares an operator for the current device; `prepared` stays as it is
/// unless the result is good. Constants are not needed afterwards. `name`
/// starts the messages.
Result prepare(const DualSoftmax& network, const Options& options, const char* name,
               cudaStream_t stream, std::unique_ptr<PreparedSequence>& prepared) noexcept;
Result prepare(const ResidualGru& network, const Options& options, const char* name,
               cudaStream_t stream, std::unique_ptr<PreparedSequence>& prepared) noexcept;
Result prepare(const BlockSparseGemm& gemm, const Options& options, const char* name,
               cudaStream_t stream, std::unique_ptr<PreparedGemm>& prepared) noexcept;
Result prepare(const UpsampleFrames& stage, const Options& options, const char* name,
               cudaStream_t stream, std::unique_ptr<PreparedUpsampling>& prepared) noexcept;

/// InterpolateFrames has no constants, so there is nothing to prepare: `x
/// [rows, frames, channels]`, `y [rows, frames hop - 2 cut, channels]`.
Result launch(const InterpolateFrames& stage, const float* x, float* y, int64_t rows,
              int64_t frames, int64_t channels, cudaStream_t stream) noexcept;

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_LAUNCH_H_
