#include <algorithm>

#include "host/sequence.h"
#include "kernels/residual_gru/step.cuh"

namespace wavebridge::cuda {
namespace {

void require_within(const char* what, int64_t value, int64_t lowest, int64_t highest) {
  if (value >= lowest && value <= highest) return;
  throw Refused(Status::kBadArgument, std::string(what) + ": expected " + std::to_string(lowest) +
                                          " to " + std::to_string(highest) + ", found " +
                                          std::to_string(value));
}

/// The residual two-GRU network for host/sequence.h.
class ResidualGruTraits {
 public:
  using Network = ResidualGru;
  using Arguments = ResidualGruArguments;
  static constexpr const char* kName = "ResidualGruGenerate";

  struct Constants : ResidualGruMatrices<OnHost> {
    Constants(const ResidualGru& network, const ConstantReader& reader) {
      const Head& head = network.head;
      const HeadRow* row = head.row();
      if (row != nullptr) require_within(row->attribute, head.parts, 1, row->most_parts);
      GivenMatrices given;
      ResidualGruMatrices<Given>(network).each(network, head.outputs(), given);
      MatrixReader matrices(reader, kName, given, network.activation_bits);
      activation_bits = matrices.activation_bits();
      sample_weights = matrices.array(network.sample_weights, network.hidden);
      each(network, head.outputs(), matrices.reads());
      mel_weight.bias.resize(static_cast<size_t>(network.hidden));
      const int64_t found = output.weight.rows();
      if (row == nullptr) require_within("classes of output", found, 2, kMostClasses);
      if (network.class_value_count != 0) {
        const int64_t valued = row == nullptr ? found : 0;
        require_within("class_values", network.class_value_count, valued, valued);
        class_values.assign(head.class_values, head.class_values + found);
      }
    }

    int64_t activation_bits = 0;
    std::vector<float> sample_weights, class_values;
  };

  struct Parts {
    float* of_frames[4];  ///< what the aux parts give to the input, GRU 2 and the dense layers
    float* inputs;        ///< [N, steps, R]
    int64_t steps;
  };

  ResidualGruTraits(const ResidualGru& network, const Constants& constants, cudaStream_t stream)
      : hidden_(network.hidden),
        fc1_rows_(constants.fc1.weight.rows()),
        fc2_rows_(constants.fc2.weight.rows()),
        outputs_(constants.output.weight.rows()),
        aux_size_(network.values().by_frame),
        head_(network.head),
        mel_(constants.mel_weight, stream),
        aux_{Affine(constants.input_aux, stream), Affine(constants.gru2_aux, stream),
             Affine(constants.fc1_aux, stream), Affine(constants.fc2_aux, stream)},
        sample_weights_(on_device(constants.sample_weights, stream)),
        class_values_(on_device(constants.class_values, stream)) {
    head_.class_values = static_cast<const float*>(class_values_.get());
  }

  template <typename Arithmetic, typename Exchange>
  static constexpr auto kernel = residual_gru<Arithmetic, Exchange>;

  static int64_t context_rows(const ResidualGru& network) { return network.hidden; }

  void fill(ResidualGruArguments& arguments) const {
    arguments.hidden = static_cast<int32_t>(hidden_);
    arguments.fc1_rows = static_cast<int32_t>(fc1_rows_);
    arguments.fc2_rows = static_cast<int32_t>(fc2_rows_);
    arguments.head = head_;
    arguments.sample_weights = static_cast<const float*>(sample_weights_.get());
    arguments.step.classes = static_cast<int32_t>(outputs_);
  }

  static StepNeeds needs(const Constants& constants, const ResidualGruArguments& arguments) {
    const int64_t hidden = arguments.hidden;
    StepNeeds needs;
    const auto add_gru = [&](int gru, int input, const HostLayer& input_layer, int recurrent,
                             const HostLayer& recurrent_layer) {
      for (int64_t unit = 0; unit < hidden; unit += kPanelRows) {
        const int64_t count = std::min<int64_t>(kPanelRows, hidden - unit);
        needs.items.push_back(pack_group(gru, static_cast<uint32_t>(gru * hidden + unit), unit,
                                         count, hidden,
                                         {{input, &input_layer}, {recurrent, &recurrent_layer}}));
      }
    };
    add_gru(0, residual::kInput1, constants.gru1_input, residual::kRecurrent1,
            constants.gru1_recurrent);
    add_gru(1, residual::kInput2, constants.gru2_input, residual::kRecurrent2,
            constants.gru2_recurrent);
    add_panels(residual::kFc1, constants.fc1, needs.items);
    add_panels(residual::kFc2, constants.fc2, needs.items);
    add_panels(residual::kOutput, constants.output, needs.items);
    needs.off_path = {residual::kRecurrent1, residual::kRecurrent2};
    needs.values = 2 * hidden + arguments.fc1_rows + arguments.fc2_rows + arguments.step.classes;
    return needs;
  }

  static void place(const BlockShape& shape, SharedBytes& bytes, int64_t bits,
                    ResidualGruArguments& arguments) {
    const int64_t hidden = arguments.hidden, places = shape.places();
    const int64_t widest = std::max({arguments.hidden, arguments.fc1_rows, arguments.fc2_rows});
    place_step(shape, bytes, widest, bits, true, arguments.step);
    arguments.x = bytes.take(hidden * places * 4);
    arguments.next_x = bytes.take(hidden * places * 4);
    arguments.input = place_operand(bytes, hidden, bits, shape);
    arguments.state1 = place_operand(bytes, hidden, bits, shape);
    arguments.state2 = place_operand(bytes, hidden, bits, shape);
    arguments.layer1 = place_operand(bytes, arguments.fc1_rows, bits, shape);
    arguments.layer2 = place_operand(bytes, arguments.fc2_rows, bits, shape);
  }

  Parts parts(Workspace& workspace, const CallSize& size) const {
    Parts parts{};
    for (int i = 0; i < 4; i++) {
      parts.of_frames[i] = workspace.take<float>(size.vectors * aux_[i].outputs());
    }
    parts.steps = most_steps(size);
    parts.inputs = workspace.take<float>(size.rows * parts.steps * hidden_);
    return parts;
  }

  void begin(const SequenceCall& call, int64_t vectors, const Parts& parts,
             ResidualGruArguments& arguments, cudaStream_t stream) const {
    const float* aux = call.by_frame;
    for (int i = 0; i < 4; i++) {
      require(aux_[i].run(aux, aux_size_, parts.of_frames[i], vectors, stream));
      aux += aux_[i].inputs();
    }
    arguments.inputs = parts.inputs;
    arguments.frame_gru2 = parts.of_frames[1];
    arguments.frame_fc1 = parts.of_frames[2];
    arguments.frame_fc2 = parts.of_frames[3];
  }

  void enter(const SequenceCall& call, const Schedule& schedule, const Parts& parts,
             const ContextRun& context, cudaStream_t stream) const {
    require(mel_.run(call.by_sample, Which::kOfSample, parts.of_frames[0], Which::kOfFrame,
                     parts.inputs, schedule, call.rows, stream));
    if (context.context == nullptr) return;
    require(context.context->run(schedule, call.rows, call.next_audio, parts.inputs, Which::kSame,
                                 parts.inputs, context.workspace, stream));
  }

 private:
  /// Steps whose inputs are in memory at once.
  int64_t most_steps(const CallSize& size) const {
    constexpr int64_t kMostFloats = int64_t{1} << 24;
    const int64_t most = kMostFloats / std::max<int64_t>(size.rows * hidden_, 1);
    const int64_t bounded = std::clamp<int64_t>(most, 16, size.context ? 256 : 8192);
    // The steps of a subscale utterance are more than its samples by row.
    return size.subscale ? bounded : std::min(bounded, size.samples);
  }

  int64_t hidden_, fc1_rows_, fc2_rows_, outputs_, aux_size_;
  Head head_;
  Affine mel_;
  Affine aux_[4];
  runtime::Memory sample_weights_, class_values_;
};

}  // namespace

Result prepare(const ResidualGru& network, const Options& options, const char* name,
               cudaStream_t stream, std::unique_ptr<PreparedSequence>& prepared) noexcept {
  return prepare_sequence<ResidualGruTraits>(network, options, name, stream, prepared);
}

}  // namespace wavebridge::cuda
