#include <algorithm>

#include "host/sequence.h"
#include "kernels/dual_softmax/step.cuh"

namespace wavebridge::cuda {
namespace {

/// Sample weights of a group's units: [gate][column][8].
std::vector<Quad> group_constants(const std::vector<float>& sample_weights, int64_t hidden,
                                  int64_t unit, int64_t count) {
  std::vector<Quad> quads(kGroupConstantQuads);
  float* values = reinterpret_cast<float*>(quads.data());
  for (int64_t gate = 0; gate < 3; gate++) {
    for (int64_t column = 0; column < 3; column++) {
      for (int64_t i = 0; i < count; i++) {
        values[(gate * 3 + column) * kPanelRows + i] =
            sample_weights[static_cast<size_t>(3 * (gate * hidden + unit + i) + column)];
      }
    }
  }
  return quads;
}

/// The dual-softmax network for host/sequence.h.
class DualSoftmaxTraits {
 public:
  using Network = DualSoftmax;
  using Arguments = DualSoftmaxArguments;
  static constexpr const char* kName = "DualSoftmaxGenerate";

  struct Constants : DualSoftmaxMatrices<OnHost> {
    Constants(const DualSoftmax& network, const ConstantReader& reader) {
      GivenMatrices given;
      DualSoftmaxMatrices<Given>(network).each(network, given);
      MatrixReader matrices(reader, kName, given, network.activation_bits);
      activation_bits = matrices.activation_bits();
      sample_weights = matrices.array(network.sample_weights, int64_t{9} * network.hidden);
      each(network, matrices.reads());
    }

    int64_t activation_bits = 0;
    std::vector<float> sample_weights;
  };

  struct Parts {
    float* from_frames;   ///< [N, F, 3H], or [F, 3H]
    float* from_context;  ///< [B, steps, 3H]
    int64_t steps;
  };

  DualSoftmaxTraits(const DualSoftmax& network, const Constants& constants, cudaStream_t stream)
      : size_(network.conditioning_size),
        hidden_(network.hidden),
        coarse_rows_(constants.coarse_hidden.weight.rows()),
        fine_rows_(constants.fine_hidden.weight.rows()),
        conditioning_(constants.conditioning, stream) {}

  template <typename Arithmetic, typename Exchange>
  static constexpr auto kernel = dual_softmax<Arithmetic, Exchange>;

  static int64_t context_rows(const DualSoftmax& network) { return 3 * network.hidden; }

  void fill(DualSoftmaxArguments& arguments) const {
    arguments.hidden = static_cast<int32_t>(hidden_);
    arguments.coarse_rows = static_cast<int32_t>(coarse_rows_);
    arguments.fine_rows = static_cast<int32_t>(fine_rows_);
    arguments.step.classes = kDualClasses;
  }

  static StepNeeds needs(const Constants& constants, const DualSoftmaxArguments& arguments) {
    const int64_t hidden = arguments.hidden, half = hidden / 2;
    StepNeeds needs;
    for (const int kind : {0, 1}) {
      for (int64_t i = 0; i < half; i += kPanelRows) {
        const int64_t unit = kind * half + i, count = std::min<int64_t>(kPanelRows, half - i);
        needs.items.push_back(pack_group(kind, static_cast<uint32_t>(unit), unit, count, hidden,
                                         {{dual::kRecurrent, &constants.recurrent}}));
        needs.items.back().constants =
            group_constants(constants.sample_weights, hidden, unit, count);
      }
    }
    add_panels(dual::kCoarseHidden, constants.coarse_hidden, needs.items);
    add_panels(dual::kCoarseOutput, constants.coarse_output, needs.items);
    add_panels(dual::kFineHidden, constants.fine_hidden, needs.items);
    add_panels(dual::kFineOutput, constants.fine_output, needs.items);
    needs.off_path = {dual::kRecurrent};
    needs.values = hidden + arguments.coarse_rows + arguments.fine_rows + 2 * kDualClasses;
    return needs;
  }

  static void place(const BlockShape& shape, SharedBytes& bytes, int64_t bits,
                    DualSoftmaxArguments& arguments) {
    const int64_t hidden = arguments.hidden, half = hidden / 2;
    const int64_t most_rows = std::max(arguments.coarse_rows, arguments.fine_rows);
    place_step(shape, bytes, most_rows, bits, false, arguments.step);
    arguments.own_inputs = bytes.take(int64_t{shape.groups} * 3 * kPanelRows * shape.places() * 4);
    arguments.state = place_operand(bytes, hidden, bits, shape);
    // The fine half can be read in its place where that is aligned.
    arguments.fine_apart = half % 16 != 0;
    if (arguments.fine_apart) {
      arguments.fine_state = place_operand(bytes, half, bits, shape);
    } else {
      arguments.fine_state = arguments.state;
      arguments.fine_state.offset += static_cast<uint32_t>(bits > 0 ? half : half / 4 * 4);
    }
    arguments.layer = place_operand(bytes, most_rows, bits, shape);
  }

  Parts parts(Workspace& workspace, const CallSize& size) const {
    Parts parts{};
    parts.from_frames = workspace.take<float>(size.vectors * 3 * hidden_);
    parts.steps = size.context ? kContextSteps : INT64_MAX;
    if (size.context) {
      parts.from_context = workspace.take<float>(size.rows * kContextSteps * 3 * hidden_);
    }
    return parts;
  }

  void begin(const SequenceCall& call, int64_t vectors, const Parts& parts,
             DualSoftmaxArguments& arguments, cudaStream_t stream) const {
    require(conditioning_.run(call.by_frame, size_, parts.from_frames, vectors, stream));
    arguments.input_each_step = parts.from_context != nullptr;
    arguments.inputs = arguments.input_each_step ? parts.from_context : parts.from_frames;
  }

  void enter(const SequenceCall& call, const Schedule& schedule, const Parts& parts,
             const ContextRun& context, cudaStream_t stream) const {
    if (context.context == nullptr) return;
    require(context.context->run(schedule, call.rows, call.next_audio, parts.from_frames,
                                 Which::kOfFrame, parts.from_context, context.workspace, stream));
  }

 private:
  /// Steps with a context of their own that a kernel takes, at most.
  static constexpr int64_t kContextSteps = 256;

  int64_t size_, hidden_, coarse_rows_, fine_rows_;
  Affine conditioning_;
};

}  // namespace

Result prepare(const DualSoftmax& network, const Options& options, const char* name,
               cudaStream_t stream, std::unique_ptr<PreparedSequence>& prepared) noexcept {
  return prepare_sequence<DualSoftmaxTraits>(network, options, name, stream, prepared);
}

}  // namespace wavebridge::cuda
