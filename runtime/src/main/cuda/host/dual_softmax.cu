#include <algorithm>

#include "host/step.h"
#include "kernels/dual_softmax.cuh"

namespace wavebridge::cuda {
namespace {

using Kernel = void (*)(DualSoftmaxArguments);

/// The network's constants on the host.
struct Constants {
  Constants(const DualSoftmax& network, const ConstantReader& reader) {
    const int64_t hidden = network.hidden, gates = 3 * hidden, half = hidden / 2;
    if (hidden < 2 || hidden % 2 != 0 || hidden > kMostInputs / 3) {
      throw Refused(Status::kBadArgument, "hidden: expected an even number of 2 to " +
                                              std::to_string(kMostInputs / 3) + ", found " +
                                              std::to_string(hidden));
    }
    int8 = network.recurrent.weight.scales != nullptr;
    sample_weights = reader.array("sample_weights", network.sample_weights, 3 * gates);
    conditioning = reader.layer("conditioning_weight", network.conditioning, gates,
                                network.conditioning_size, false);
    recurrent = reader.layer("recurrent", network.recurrent, gates, hidden, int8);
    coarse_hidden = reader.layer("coarse_hidden", network.coarse_hidden, -1, half, int8);
    coarse_output = reader.layer("coarse_output", network.coarse_output, kDualClasses,
                                 coarse_hidden.weight.rows(), int8);
    fine_hidden = reader.layer("fine_hidden", network.fine_hidden, -1, half, int8);
    fine_output = reader.layer("fine_output", network.fine_output, kDualClasses,
                               fine_hidden.weight.rows(), int8);
  }

  bool int8 = false;
  std::vector<float> sample_weights;
  HostLayer conditioning, recurrent, coarse_hidden, coarse_output, fine_hidden, fine_output;
};

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

std::vector<Item> items_of(const Constants& constants, int64_t hidden) {
  std::vector<Item> items;
  const int64_t half = hidden / 2;
  for (const int kind : {0, 1}) {
    for (int64_t i = 0; i < half; i += kPanelRows) {
      const int64_t unit = kind * half + i, count = std::min<int64_t>(kPanelRows, half - i);
      items.push_back(pack_group(kind, static_cast<uint32_t>(unit), unit, count, hidden,
                                 {{dual::kRecurrent, &constants.recurrent}}));
      items.back().constants = group_constants(constants.sample_weights, hidden, unit, count);
    }
  }
  const auto add = [&](int matrix, const HostLayer& layer) {
    for (PackedPanel& panel : pack_panels(matrix, layer.weight, layer.bias)) {
      items.emplace_back().panels.push_back(std::move(panel));
    }
  };
  add(dual::kCoarseHidden, constants.coarse_hidden);
  add(dual::kCoarseOutput, constants.coarse_output);
  add(dual::kFineHidden, constants.fine_hidden);
  add(dual::kFineOutput, constants.fine_output);
  return items;
}

/// Places a block's buffers.
void place(const BlockShape& shape, SharedBytes& bytes, bool int8,
           DualSoftmaxArguments& arguments) {
  const int64_t hidden = arguments.hidden, half = hidden / 2, places = shape.places();
  const int64_t most_rows = std::max(arguments.coarse_rows, arguments.fine_rows);
  StepArguments& step = arguments.step;
  step.mailbox = bytes.take(shape.cluster ? int64_t{shape.sets} * step.values * places * 8 : 0);
  step.results = bytes.take(int64_t{shape.panels} * kPanelRows * places * 4);
  step.frame_biases = 0;
  step.own_state = bytes.take(int64_t{shape.groups} * kPanelRows * places * 4);
  step.collected = bytes.take(int8 ? most_rows * places * 4 : 0);
  step.drawn_logits = bytes.take((kDualClasses + kWarp) * places * 4);
  arguments.own_inputs = bytes.take(int64_t{shape.groups} * 3 * kPanelRows * places * 4);
  arguments.state = place_operand(bytes, hidden, int8, shape);
  // The fine half can be read in its place where that is aligned.
  arguments.fine_apart = half % 16 != 0;
  if (arguments.fine_apart) {
    arguments.fine_state = place_operand(bytes, half, int8, shape);
  } else {
    arguments.fine_state = arguments.state;
    arguments.fine_state.offset += static_cast<uint32_t>(int8 ? half : half / 4 * 4);
  }
  arguments.layer = place_operand(bytes, most_rows, int8, shape);
}

class Prepared final : public PreparedDualSoftmax {
 public:
  Prepared(const DualSoftmax& network, const Options& options, const Constants& constants,
           const ConstantReader& reader, cudaStream_t stream)
      : samples_per_frame_(network.samples_per_frame),
        size_(network.conditioning_size),
        hidden_(network.hidden),
        int8_(constants.int8),
        conditioning_(constants.conditioning, stream) {
    if (samples_per_frame_ < 1 || samples_per_frame_ > INT32_MAX) {
      throw Refused(Status::kBadArgument, "samples_per_frame: expected 1 or more");
    }
    if (network.subscale != nullptr)
      context_.emplace(*network.subscale, reader, 3 * hidden_, stream);
    arguments_.hidden = static_cast<int32_t>(hidden_);
    arguments_.coarse_rows = static_cast<int32_t>(constants.coarse_hidden.weight.rows());
    arguments_.fine_rows = static_cast<int32_t>(constants.fine_hidden.weight.rows());
    StepNeeds needs;
    needs.items = items_of(constants, hidden_);
    needs.off_path = {dual::kRecurrent};
    needs.values = hidden_ + arguments_.coarse_rows + arguments_.fine_rows + 2 * kDualClasses;
    arguments_.step.values = static_cast<uint32_t>(needs.values);
    needs.place = [this](const BlockShape& shape, SharedBytes& bytes) {
      place(shape, bytes, int8_, arguments_);
    };
    make_plan(needs, options, stream, plan_,
              [this](const Plan& plan) { return runtime::permit(kernel(), plan.grid(1)); });
    plan_->fill(arguments_.step);
    arguments_.step.draws = 2;
    arguments_.step.classes = kDualClasses;
    arguments_.step.class_shift = class_shift_of(kDualClasses);
  }

  Layout layout() const noexcept override { return plan_->layout(); }

  size_t workspace(int64_t rows, int64_t, int64_t frames) const noexcept override {
    return parts_of(nullptr, rows, frames).bytes;
  }

  Result launch(const DualSoftmaxCall& call, void* workspace,
                cudaStream_t stream) const noexcept override {
    return guarded("DualSoftmaxGenerate", [&] { run(call, workspace, stream); });
  }

 private:
  struct Parts {
    float* from_frames;   ///< [N, F, 3H], or [F, 3H]
    float* from_context;  ///< [B, steps, 3H]
    float* context;
    uint64_t* mailboxes;
    size_t bytes;
  };
  /// Steps with a context of their own that a kernel takes, at most.
  static constexpr int64_t kContextSteps = 256;

  bool has_context() const { return context_.has_value() && !context_->none(); }

  Parts parts_of(void* start, int64_t rows, int64_t frames) const {
    Workspace workspace(start);
    Parts parts{};
    parts.from_frames =
        workspace.take<float>((context_.has_value() ? 1 : rows) * frames * 3 * hidden_);
    if (has_context()) {
      parts.from_context = workspace.take<float>(rows * kContextSteps * 3 * hidden_);
      parts.context = workspace.take<float>(context_->workspace(rows, kContextSteps));
    }
    parts.mailboxes = workspace.take<uint64_t>(plan_->mailbox_words());
    parts.bytes = workspace.used();
    return parts;
  }

  Kernel kernel() const {
    if (plan_->shape().cluster) {
      return int8_ ? dual_softmax<Int8, ClusterExchange> : dual_softmax<F32, ClusterExchange>;
    }
    return int8_ ? dual_softmax<Int8, PacketExchange> : dual_softmax<F32, PacketExchange>;
  }

  void run(const DualSoftmaxCall& call, void* workspace, cudaStream_t stream) const {
    const bool subscale = context_.has_value();
    check_call(call, subscale, samples_per_frame_);
    const Schedule all = subscale
                             ? context_->schedule(call.schedule, call.rows, call.samples,
                                                  call.frames, samples_per_frame_)
                             : ordinary_schedule(call.samples, call.frames, samples_per_frame_);
    begin_call(call, 2, hidden_, subscale, stream);
    if (call.rows == 0 || all.steps == 0) return;
    const Parts parts = parts_of(workspace, call.rows, call.frames);
    const int64_t vectors = (subscale ? 1 : call.rows) * call.frames;
    require(conditioning_.run(call.conditioning, size_, parts.from_frames, vectors, stream));

    DualSoftmaxArguments arguments = arguments_;
    fill(call, arguments.step);
    arguments.inputs = has_context() ? parts.from_context : parts.from_frames;
    arguments.input_each_step = has_context();
    const int64_t at_once = subscale ? context_->steps_at_once(call.schedule) : all.steps;
    for (int64_t first = 0; first < all.steps; first += at_once) {
      arguments.step.schedule = Context::part(all, first, std::min(at_once, all.steps - first));
      if (has_context()) {
        require(context_->run(arguments.step.schedule, call.rows, call.next_audio,
                              parts.from_frames, Which::kOfFrame, parts.from_context, parts.context,
                              stream));
      }
      run_steps(*plan_, kernel(), arguments, parts.mailboxes, stream);
    }
  }

  int64_t samples_per_frame_, size_, hidden_;
  bool int8_;
  Affine conditioning_;
  std::optional<Context> context_;
  std::optional<Plan> plan_;
  DualSoftmaxArguments arguments_{};
};

}  // namespace

Result prepare(const DualSoftmax& network, const Options& options, const char* name,
               cudaStream_t stream, std::unique_ptr<PreparedDualSoftmax>& prepared) noexcept {
  return guarded(name, [&] {
    const ConstantReader reader(options, stream);
    const Constants constants(network, reader);
    prepared = std::make_unique<Prepared>(network, options, constants, reader, stream);
  });
}

}  // namespace wavebridge::cuda
