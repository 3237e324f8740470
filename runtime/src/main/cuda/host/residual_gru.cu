#include <algorithm>

#include "host/step.h"
#include "kernels/residual_gru.cuh"

namespace wavebridge::cuda {
namespace {

using Kernel = void (*)(ResidualGruArguments);

/// The network's constants on the host.
struct Constants {
  Constants(const ResidualGru& network, const ConstantReader& reader) {
    const int64_t hidden = network.hidden, gates = 3 * hidden;
    const auto require_within = [](const char* what, int64_t value, int64_t lowest,
                                   int64_t highest) {
      if (value >= lowest && value <= highest) return;
      throw Refused(Status::kBadArgument,
                    std::string(what) + ": expected " + std::to_string(lowest) + " to " +
                        std::to_string(highest) + ", found " + std::to_string(value));
    };
    require_within("hidden", hidden, 1, kMostInputs / 3);
    require_within("mels", network.mels, 1, kMostInputs);
    for (const int64_t size : network.aux_sizes)
      require_within("aux_sizes", size, 0, kMostInputs / 4);
    require_within("mixtures", network.mixtures, 0, network.gaussian ? 0 : kMostClasses);
    require_within("samples_per_frame", network.samples_per_frame, 1, INT32_MAX);
    int8 = network.gru1_input.weight.scales != nullptr;
    sample_weights = reader.array("sample_weights", network.sample_weights, hidden);
    mel = {reader.weight("mel_weight", network.mel_weight, hidden, network.mels, false), {}};
    mel.bias.resize(static_cast<size_t>(hidden));
    input_aux = reader.layer("input_aux", network.input_aux, hidden, network.aux_sizes[0], false);
    gru1_input = reader.layer("gru1_input", network.gru1_input, gates, hidden, int8);
    gru1_recurrent = reader.layer("gru1_recurrent", network.gru1_recurrent, gates, hidden, int8);
    gru2_input = {reader.weight("gru2_input", network.gru2_input, gates, hidden, int8), {}};
    gru2_aux = reader.layer("gru2_aux", network.gru2_aux, gates, network.aux_sizes[1], false);
    gru2_recurrent = reader.layer("gru2_recurrent", network.gru2_recurrent, gates, hidden, int8);
    fc1 = {reader.weight("fc1", network.fc1, -1, hidden, int8), {}};
    fc1_aux =
        reader.layer("fc1_aux", network.fc1_aux, fc1.weight.rows(), network.aux_sizes[2], false);
    fc2 = {reader.weight("fc2", network.fc2, -1, fc1.weight.rows(), int8), {}};
    fc2_aux =
        reader.layer("fc2_aux", network.fc2_aux, fc2.weight.rows(), network.aux_sizes[3], false);
    const int64_t classes = network.mixtures > 0 ? 3 * network.mixtures : network.gaussian ? 2 : -1;
    output = reader.layer("output", network.output, classes, fc2.weight.rows(), int8);
    const int64_t found = output.weight.rows();
    if (network.mixtures == 0) require_within("classes of output", found, 2, kMostClasses);
    if (network.class_value_count != 0) {
      const int64_t valued = network.mixtures > 0 || network.gaussian ? 0 : found;
      require_within("class_values", network.class_value_count, valued, valued);
      class_values.assign(network.class_values, network.class_values + found);
    }
  }

  bool int8 = false;
  std::vector<float> sample_weights, class_values;
  HostLayer mel, input_aux, gru1_input, gru1_recurrent, gru2_input, gru2_aux, gru2_recurrent, fc1,
      fc1_aux, fc2, fc2_aux, output;
};

std::vector<Item> items_of(const Constants& constants, int64_t hidden) {
  std::vector<Item> items;
  for (int64_t unit = 0; unit < hidden; unit += kPanelRows) {
    const int64_t count = std::min<int64_t>(kPanelRows, hidden - unit);
    items.push_back(pack_group(0, static_cast<uint32_t>(unit), unit, count, hidden,
                               {{residual::kInput1, &constants.gru1_input},
                                {residual::kRecurrent1, &constants.gru1_recurrent}}));
  }
  for (int64_t unit = 0; unit < hidden; unit += kPanelRows) {
    const int64_t count = std::min<int64_t>(kPanelRows, hidden - unit);
    items.push_back(pack_group(1, static_cast<uint32_t>(hidden + unit), unit, count, hidden,
                               {{residual::kInput2, &constants.gru2_input},
                                {residual::kRecurrent2, &constants.gru2_recurrent}}));
  }
  const auto add = [&](int matrix, const HostLayer& layer) {
    for (PackedPanel& panel : pack_panels(matrix, layer.weight, layer.bias)) {
      items.emplace_back().panels.push_back(std::move(panel));
    }
  };
  add(residual::kFc1, constants.fc1);
  add(residual::kFc2, constants.fc2);
  add(residual::kOutput, constants.output);
  return items;
}

/// Places a block's buffers.
void place(const BlockShape& shape, SharedBytes& bytes, bool int8,
           ResidualGruArguments& arguments) {
  const int64_t hidden = arguments.hidden, places = shape.places();
  const int64_t widest = std::max({arguments.hidden, arguments.fc1_rows, arguments.fc2_rows});
  StepArguments& step = arguments.step;
  step.mailbox = bytes.take(shape.cluster ? int64_t{shape.sets} * step.values * places * 8 : 0);
  step.results = bytes.take(int64_t{shape.panels} * kPanelRows * places * 4);
  step.frame_biases = bytes.take(int64_t{shape.panels} * kPanelRows * places * 4);
  step.own_state = bytes.take(int64_t{shape.groups} * kPanelRows * places * 4);
  step.collected = bytes.take(int8 ? widest * places * 4 : 0);
  step.drawn_logits = bytes.take((int64_t{step.classes} + kWarp) * places * 4);
  arguments.x = bytes.take(hidden * places * 4);
  arguments.next_x = bytes.take(hidden * places * 4);
  arguments.input = place_operand(bytes, hidden, int8, shape);
  arguments.state1 = place_operand(bytes, hidden, int8, shape);
  arguments.state2 = place_operand(bytes, hidden, int8, shape);
  arguments.layer1 = place_operand(bytes, arguments.fc1_rows, int8, shape);
  arguments.layer2 = place_operand(bytes, arguments.fc2_rows, int8, shape);
}

class Prepared final : public PreparedResidualGru {
 public:
  Prepared(const ResidualGru& network, const Options& options, const Constants& constants,
           const ConstantReader& reader, cudaStream_t stream)
      : samples_per_frame_(network.samples_per_frame),
        hidden_(network.hidden),
        int8_(constants.int8),
        mel_(constants.mel, stream),
        aux_{Affine(constants.input_aux, stream), Affine(constants.gru2_aux, stream),
             Affine(constants.fc1_aux, stream), Affine(constants.fc2_aux, stream)},
        sample_weights_(on_device(constants.sample_weights, stream)),
        class_values_(on_device(constants.class_values, stream)) {
    for (const int64_t size : network.aux_sizes) aux_size_ += size;
    if (network.subscale != nullptr) context_.emplace(*network.subscale, reader, hidden_, stream);
    const int64_t classes = constants.output.weight.rows();
    arguments_.hidden = static_cast<int32_t>(hidden_);
    arguments_.fc1_rows = static_cast<int32_t>(constants.fc1.weight.rows());
    arguments_.fc2_rows = static_cast<int32_t>(constants.fc2.weight.rows());
    arguments_.mixtures = static_cast<int32_t>(network.mixtures);
    arguments_.gaussian = network.gaussian;
    arguments_.sample_weights = static_cast<const float*>(sample_weights_.get());
    arguments_.class_values = static_cast<const float*>(class_values_.get());
    arguments_.step.draws = static_cast<int32_t>(network.mixtures == 0 ? 1 : network.mixtures + 1);
    arguments_.step.classes = static_cast<int32_t>(classes);
    arguments_.step.class_shift = class_shift_of(classes);
    StepNeeds needs;
    needs.items = items_of(constants, hidden_);
    needs.off_path = {residual::kRecurrent1, residual::kRecurrent2};
    needs.values = 2 * hidden_ + arguments_.fc1_rows + arguments_.fc2_rows + classes;
    arguments_.step.values = static_cast<uint32_t>(needs.values);
    needs.place = [this](const BlockShape& shape, SharedBytes& bytes) {
      place(shape, bytes, int8_, arguments_);
    };
    make_plan(needs, options, stream, plan_,
              [this](const Plan& plan) { return runtime::permit(kernel(), plan.grid(1)); });
    plan_->fill(arguments_.step);
  }

  Layout layout() const noexcept override { return plan_->layout(); }

  size_t workspace(int64_t rows, int64_t samples, int64_t frames) const noexcept override {
    return parts_of(nullptr, rows, samples, frames).bytes;
  }

  Result launch(const ResidualGruCall& call, void* workspace,
                cudaStream_t stream) const noexcept override {
    return guarded("ResidualGruGenerate", [&] { run(call, workspace, stream); });
  }

 private:
  struct Parts {
    float* of_frames[4];  ///< what the aux parts give to the input, GRU 2 and the dense layers
    float* inputs;        ///< [N, steps, R]
    float* context;
    uint64_t* mailboxes;
    int64_t steps;
    size_t bytes;
  };

  bool has_context() const { return context_.has_value() && !context_->none(); }

  /// Steps whose inputs are in memory at once.
  int64_t most_steps(int64_t rows, int64_t samples) const {
    constexpr int64_t kMostFloats = int64_t{1} << 24;
    const int64_t most = kMostFloats / std::max<int64_t>(rows * hidden_, 1);
    const int64_t bounded = std::clamp<int64_t>(most, 16, has_context() ? 256 : 8192);
    // The steps of a subscale utterance are more than its samples by row.
    return context_.has_value() ? bounded : std::min(bounded, samples);
  }

  Parts parts_of(void* start, int64_t rows, int64_t samples, int64_t frames) const {
    Workspace workspace(start);
    Parts parts{};
    const int64_t vectors = (context_.has_value() ? 1 : rows) * frames;
    for (int i = 0; i < 4; i++)
      parts.of_frames[i] = workspace.take<float>(vectors * aux_[i].outputs());
    parts.steps = most_steps(rows, samples);
    parts.inputs = workspace.take<float>(rows * parts.steps * hidden_);
    if (has_context())
      parts.context = workspace.take<float>(context_->workspace(rows, parts.steps));
    parts.mailboxes = workspace.take<uint64_t>(plan_->mailbox_words());
    parts.bytes = workspace.used();
    return parts;
  }

  Kernel kernel() const {
    if (plan_->shape().cluster) {
      return int8_ ? residual_gru<Int8, ClusterExchange> : residual_gru<F32, ClusterExchange>;
    }
    return int8_ ? residual_gru<Int8, PacketExchange> : residual_gru<F32, PacketExchange>;
  }

  void run(const ResidualGruCall& call, void* workspace, cudaStream_t stream) const {
    const bool subscale = context_.has_value();
    check_call(call, subscale, samples_per_frame_);
    const Schedule all = subscale
                             ? context_->schedule(call.schedule, call.rows, call.samples,
                                                  call.frames, samples_per_frame_)
                             : ordinary_schedule(call.samples, call.frames, samples_per_frame_);
    begin_call(call, 1, 2 * hidden_, subscale, stream);
    if (call.rows == 0 || all.steps == 0) return;
    const Parts parts = parts_of(workspace, call.rows, call.samples, call.frames);
    const int64_t vectors = (subscale ? 1 : call.rows) * call.frames;
    const float* aux = call.aux;
    for (int i = 0; i < 4; i++) {
      require(aux_[i].run(aux, aux_size_, parts.of_frames[i], vectors, stream));
      aux += aux_[i].inputs();
    }

    ResidualGruArguments arguments = arguments_;
    fill(call, arguments.step);
    arguments.inputs = parts.inputs;
    arguments.frame_gru2 = parts.of_frames[1];
    arguments.frame_fc1 = parts.of_frames[2];
    arguments.frame_fc2 = parts.of_frames[3];
    const int64_t at_once =
        std::min(subscale ? context_->steps_at_once(call.schedule) : parts.steps, parts.steps);
    for (int64_t first = 0; first < all.steps; first += at_once) {
      const Schedule part = Context::part(all, first, std::min(at_once, all.steps - first));
      arguments.step.schedule = part;
      require(mel_.run(call.mels, Which::kOfSample, parts.of_frames[0], Which::kOfFrame,
                       parts.inputs, part, call.rows, stream));
      if (has_context()) {
        require(context_->run(part, call.rows, call.next_audio, parts.inputs, Which::kSame,
                              parts.inputs, parts.context, stream));
      }
      run_steps(*plan_, kernel(), arguments, parts.mailboxes, stream);
    }
  }

  int64_t samples_per_frame_, hidden_, aux_size_ = 0;
  bool int8_;
  Affine mel_;
  Affine aux_[4];
  runtime::Memory sample_weights_, class_values_;
  std::optional<Context> context_;
  std::optional<Plan> plan_;
  ResidualGruArguments arguments_{};
};

}  // namespace

Result prepare(const ResidualGru& network, const Options& options, const char* name,
               cudaStream_t stream, std::unique_ptr<PreparedResidualGru>& prepared) noexcept {
  return guarded(name, [&] {
    const ConstantReader reader(options, stream);
    const Constants constants(network, reader);
    prepared = std::make_unique<Prepared>(network, options, constants, reader, stream);
  });
}

}  // namespace wavebridge::cuda
