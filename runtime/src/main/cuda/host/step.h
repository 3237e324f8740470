#ifndef WAVEBRIDGE_CUDA_HOST_STEP_H_
#define WAVEBRIDGE_CUDA_HOST_STEP_H_

#include <algorithm>

#include "host/context.h"
#include "host/plan.h"

// What the two fused operators have in common: checks of a call, device memory,
// and queuing the steps.

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

/// What may be wrong with any call.
template <typename Call>
void check_call(const Call& call, bool subscale, int64_t samples_per_frame) {
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
        "expected uniforms, a temperature and next_audio where no samples "
        "are given");
  }
  if (!subscale && call.samples > call.frames * samples_per_frame) {
    refuse("expected at most " + std::to_string(call.frames * samples_per_frame) + " samples for " +
           std::to_string(call.frames) + " frames, found " + std::to_string(call.samples));
  }
}

/// Clears the status and hands state and previous values over, on which the
/// kernels then work.
template <typename Call>
void begin_call(const Call& call, int64_t previous_values, int64_t states, bool subscale,
                cudaStream_t stream) {
  require(runtime::clear(call.status, sizeof(uint32_t), stream));
  const auto copy = [&](float* to, const float* from, int64_t count) {
    if (to != from)
      require(runtime::copy(to, from, static_cast<size_t>(count) * sizeof(float), stream));
  };
  copy(call.next_previous, call.previous, call.rows * previous_values);
  copy(call.next_state, call.state, call.rows * states);
  if (subscale) copy(call.next_audio, call.audio, call.samples);
}

/// Sets what a call says of a kernel's arguments.
template <typename Call>
void fill(const Call& call, StepArguments& arguments) {
  arguments.rows = static_cast<int32_t>(call.rows);
  arguments.status = call.status;
  arguments.uniforms = call.uniforms;
  arguments.temperature = call.temperature;
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

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_HOST_STEP_H_
