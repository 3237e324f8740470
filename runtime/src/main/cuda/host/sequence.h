#ifndef WAVEBRIDGE_CUDA_HOST_SEQUENCE_H_
#define WAVEBRIDGE_CUDA_HOST_SEQUENCE_H_

#include <algorithm>
#include <string>

#include "host/context.h"
#include "host/plan.h"
#include "kernels/product.cuh"

// The operators of a step network: preparing it, checking a call, and queuing its steps. A network
// is a class `Traits` (host/<network>/) with
//   Network, Arguments   as launch.h describes it, and as its kernel is told
//   kName                of its ordinary operator
//   kernel               its kernel for an arithmetic and an exchange
//   Constants            its constants on the host, from a network and a ConstantReader;
//                        `activation_bits` are 0 in f32
//   context_rows         rows of the weight of a context
//   needs, place         what its step needs of the blocks, and where a block's buffers lie
//   Traits(...), fill    what it keeps on the device, and what of it goes into the arguments
//   Parts, parts         the parts of a workspace; `steps` of them are in memory at once
//   begin, enter         what a call computes once, and before some of its steps

namespace wavebridge::cuda {

/// Cuts a call's workspace into parts; with a null start it only counts.
class Workspace {
 public:
  explicit Workspace(void* start) : start_(static_cast<unsigned char*>(start)) {}

  template <typename T>
  T* take(int64_t count) {
    const size_t at = used_;
    used_ += (static_cast<size_t>(count) * sizeof(T) + 255) / 256 * 256;
    return start_ == nullptr ? nullptr : reinterpret_cast<T*>(start_ + at);
  }
  size_t used() const { return used_; }

 private:
  unsigned char* start_;
  size_t used_ = 0;
};

/// The size of a call, of which a workspace depends.
struct CallSize {
  int64_t rows, samples;
  int64_t vectors;  ///< frames of all rows
  bool subscale;
  bool context;  ///< there is one, and it is not empty
};

/// A context network and its part of a workspace; null where there is none.
struct ContextRun {
  const Context* context;
  float* workspace;
};

/// A copy of constants on the device; null for none.
inline runtime::Memory on_device(const std::vector<float>& values, cudaStream_t stream) {
  runtime::Memory memory;
  if (values.empty()) return memory;
  require(runtime::allocate(values.size() * sizeof(float), memory));
  require(runtime::upload(memory.get(), values.data(), values.size() * sizeof(float), stream));
  return memory;
}

/// The schedule of ordinary rows.
inline Schedule ordinary_schedule(int64_t samples, int64_t frames, int64_t samples_per_frame) {
  return {.steps = samples,
          .first_step = 0,
          .lag = 0,
          .end = INT64_MAX,
          .sample = {0, 1, samples},
          .time = {0, 1, 0},
          .samples_per_frame = samples_per_frame,
          .frames_per_row = frames};
}

/// Makes a plan whose kernel the GPU can run: `permit(plan)` asks it. Where the choice is free and
/// there is no room for a cluster, it becomes a grid.
template <typename Permit>
void make_plan(const StepNeeds& needs, Options options, cudaStream_t stream,
               std::optional<Plan>& plan, const Permit& permit) {
  plan.emplace(needs, options, stream);
  Result result = permit(*plan);
  if (!result.ok() && plan->shape().cluster && options.variant == Variant::kAuto) {
    options.variant = Variant::kPackets;
    plan.emplace(needs, options, stream);
    result = permit(*plan);
  }
  require(result);
}

/// Checks that every call needs.
inline void check_call(const SequenceCall& call, bool subscale, int64_t samples_per_frame) {
  const auto refuse = [](const std::string& what) { throw Refused(Status::kBadArgument, what); };
  if (std::min({call.rows, call.samples, call.frames}) < 0 || call.rows > INT32_MAX) {
    refuse("expected rows, samples and frames of 0 or more");
  }
  if (call.status == nullptr || call.next_previous == nullptr || call.next_state == nullptr) {
    refuse("expected a status, next_previous and next_state");
  }
  const bool makes = call.rows > 0 && call.samples > 0;
  if (subscale &&
      (call.given != nullptr || call.logits != nullptr || (makes && call.audio == nullptr))) {
    refuse(
        "a subscale utterance: expected audio, and neither given samples nor "
        "logits");
  }
  if (makes && call.given == nullptr &&
      (call.uniforms == nullptr || call.temperature == nullptr || call.next_audio == nullptr)) {
    refuse(
        "expected uniforms, temperatures and next_audio where no samples "
        "are given");
  }
  if (!subscale && call.samples > call.frames * samples_per_frame) {
    refuse("expected at most " + std::to_string(call.frames * samples_per_frame) + " samples for " +
           std::to_string(call.frames) + " frames, found " + std::to_string(call.samples));
  }
}

/// Clears the status and hands state and previous values over, on which the
/// kernels then work.
inline void begin_call(const SequenceCall& call, const SequenceValues& values, bool subscale,
                       cudaStream_t stream) {
  require(runtime::clear(call.status, sizeof(uint32_t), stream));
  const auto copy = [&](float* to, const float* from, int64_t count) {
    if (to != from)
      require(runtime::copy(to, from, static_cast<size_t>(count) * sizeof(float), stream));
  };
  copy(call.next_previous, call.previous, call.rows * values.previous);
  copy(call.next_state, call.state, call.rows * values.state);
  if (subscale) copy(call.next_audio, call.audio, call.samples);
}

/// Sets what a call says of a kernel's arguments.
inline void fill(const SequenceCall& call, bool subscale, StepArguments& arguments) {
  arguments.rows = static_cast<int32_t>(call.rows);
  arguments.status = call.status;
  arguments.uniforms = call.uniforms;
  arguments.temperature = call.temperature;
  arguments.temperature_stride = subscale ? 0 : 1;
  arguments.given = call.given;
  arguments.audio = call.next_audio;
  arguments.logits = call.logits;
  arguments.previous = call.next_previous;
  arguments.state = call.next_state;
}

/// Queues the steps of `arguments.step.schedule`, for as many groups at once as
/// a launch has.
template <typename Arguments>
void run_steps(const Plan& plan, void (*kernel)(Arguments), Arguments arguments,
               uint64_t* mailboxes, cudaStream_t stream) {
  const int32_t all = plan.groups_for(arguments.step.rows);
  arguments.step.mailboxes = mailboxes;
  for (int32_t first = 0; first < all; first += plan.groups_at_once(all)) {
    const int32_t groups = std::min(plan.groups_at_once(all), all - first);
    arguments.step.first_group = first;
    require(runtime::clear(mailboxes, static_cast<size_t>(plan.mailbox_words()) * sizeof(uint64_t),
                           stream));
    require(runtime::launch(kernel, plan.grid(groups), arguments, stream));
  }
}

/// The least `shift` with `32 << shift >= classes`.
inline int32_t class_shift_of(int64_t classes) {
  int32_t shift = 0;
  while ((int64_t{kWarp} << shift) < classes) shift++;
  return shift;
}

/// Adds the panels of a layer whose rows may lie on any block.
inline void add_panels(int matrix, const HostLayer& layer, std::vector<Item>& items) {
  for (PackedPanel& panel : pack_panels(matrix, layer.weight, layer.bias)) {
    items.emplace_back().panels.push_back(std::move(panel));
  }
}

/// Places what every network's blocks have; `widest` is the longest vector that is quantised by its
/// own maximum.
inline void place_step(const BlockShape& shape, SharedBytes& bytes, int64_t widest, int64_t bits,
                       bool frame_biases, StepArguments& step) {
  const int64_t places = shape.places();
  const int64_t results = int64_t{shape.panels} * kPanelRows * places * 4;
  step.mailbox = bytes.take(shape.cluster ? int64_t{shape.sets} * step.values * places * 8 : 0);
  step.results = bytes.take(results);
  step.frame_biases = frame_biases ? bytes.take(results) : 0;
  step.own_state = bytes.take(int64_t{shape.groups} * kPanelRows * places * 4);
  step.collected = bytes.take(bits > 0 ? widest * places * 4 : 0);
  step.drawn_logits = bytes.take((int64_t{step.classes} + kWarp) * places * 4);
}

/// A context, if the network has one that is not empty.
inline const Context* context_of(const std::optional<Context>& context) {
  return context.has_value() && !context->none() ? &*context : nullptr;
}

/// A network that is ready for calls.
template <typename Traits>
class Prepared final : public PreparedSequence {
 public:
  using Network = typename Traits::Network;
  using Arguments = typename Traits::Arguments;

  Prepared(const Network& network, const Options& options,
           const typename Traits::Constants& constants, const ConstantReader& reader,
           cudaStream_t stream)
      : values_(network.values()),
        samples_per_frame_(network.samples_per_frame),
        activation_bits_(constants.activation_bits),
        traits_(network, constants, stream) {
    if (network.subscale.has_value()) {
      context_.emplace(*network.subscale, reader, Traits::context_rows(network), stream);
    }
    arguments_.step.draws = static_cast<int32_t>(values_.draws);
    traits_.fill(arguments_);
    arguments_.step.class_shift = class_shift_of(arguments_.step.classes);
    StepNeeds needs = Traits::needs(constants, arguments_);
    arguments_.step.values = static_cast<uint32_t>(needs.values);
    needs.place = [this](const BlockShape& shape, SharedBytes& bytes) {
      Traits::place(shape, bytes, activation_bits_, arguments_);
    };
    make_plan(needs, options, stream, plan_,
              [this](const Plan& plan) { return runtime::permit(kernel(), plan.grid(1)); });
    plan_->fill(arguments_.step);
  }

  Layout layout() const noexcept override { return plan_->layout(); }

  size_t workspace(int64_t rows, int64_t samples, int64_t frames) const noexcept override {
    Workspace workspace(nullptr);
    parts_of(workspace, rows, samples, frames);
    return workspace.used();
  }

  Result launch(const SequenceCall& call, void* workspace,
                cudaStream_t stream) const noexcept override {
    return guarded(Traits::kName, [&] { run(call, workspace, stream); });
  }

 private:
  struct Parts {
    typename Traits::Parts of_network;
    float* context;
    uint64_t* mailboxes;
  };

  /// The frames that are at hand, of all rows.
  int64_t vectors(int64_t rows, int64_t frames) const {
    return (context_.has_value() ? 1 : rows) * frames;
  }

  Parts parts_of(Workspace& workspace, int64_t rows, int64_t samples, int64_t frames) const {
    const Context* context = context_of(context_);
    Parts parts{};
    parts.of_network = traits_.parts(workspace, {.rows = rows,
                                                 .samples = samples,
                                                 .vectors = vectors(rows, frames),
                                                 .subscale = context_.has_value(),
                                                 .context = context != nullptr});
    if (context != nullptr) {
      parts.context = workspace.take<float>(context->workspace(rows, parts.of_network.steps));
    }
    parts.mailboxes = workspace.take<uint64_t>(plan_->mailbox_words());
    return parts;
  }

  void (*kernel() const)(Arguments) {
    return plan_->shape().cluster ? kernel_with<ClusterExchange>() : kernel_with<PacketExchange>();
  }
  template <typename Exchange>
  void (*kernel_with() const)(Arguments) {
    if (activation_bits_ == 0) return Traits::template kernel<F32, Exchange>;
    return activation_bits_ == 8 ? Traits::template kernel<Int8, Exchange>
                                 : Traits::template kernel<Int8Of12, Exchange>;
  }

  void run(const SequenceCall& call, void* start, cudaStream_t stream) const {
    const bool subscale = context_.has_value();
    check_call(call, subscale, samples_per_frame_);
    const Schedule all = subscale
                             ? context_->schedule({.schedule = call.schedule,
                                                   .rows = call.rows,
                                                   .samples = call.samples,
                                                   .frames = call.frames,
                                                   .samples_per_frame = samples_per_frame_})
                             : ordinary_schedule(call.samples, call.frames, samples_per_frame_);
    begin_call(call, values_, subscale, stream);
    if (call.rows == 0 || all.steps == 0) return;
    Workspace workspace(start);
    const Parts parts = parts_of(workspace, call.rows, call.samples, call.frames);

    Arguments arguments = arguments_;
    fill(call, subscale, arguments.step);
    traits_.begin(call, vectors(call.rows, call.frames), parts.of_network, arguments, stream);
    const ContextRun context = {context_of(context_), parts.context};
    const int64_t at_once = std::min(subscale ? context_->steps_at_once(call.schedule) : all.steps,
                                     parts.of_network.steps);
    for (int64_t first = 0; first < all.steps; first += at_once) {
      arguments.step.schedule = Context::part(all, first, std::min(at_once, all.steps - first));
      traits_.enter(call, arguments.step.schedule, parts.of_network, context, stream);
      run_steps(*plan_, kernel(), arguments, parts.mailboxes, stream);
    }
  }

  SequenceValues values_;
  int64_t samples_per_frame_;
  int64_t activation_bits_;
  Traits traits_;
  std::optional<Context> context_;
  std::optional<Plan> plan_;
  Arguments arguments_{};
};

/// Prepares a network.
template <typename Traits>
Result prepare_sequence(const typename Traits::Network& network, const Options& options,
                        const char* name, cudaStream_t stream,
                        std::unique_ptr<PreparedSequence>& prepared) noexcept {
  return guarded(name, [&] {
    const ConstantReader reader(options, stream);
    const typename Traits::Constants constants(network, reader);
    prepared = std::make_unique<Prepared<Traits>>(network, options, constants, reader, stream);
  });
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_HOST_SEQUENCE_H_
