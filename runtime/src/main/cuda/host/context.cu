#include "host/context.h"

#include <algorithm>

#include "kernels/context.cuh"

namespace wavebridge::cuda {
namespace {

constexpr int kThreads = 128;
/// Steps whose contexts are in memory at once.
constexpr int64_t kMostSteps = 256;

/// Refuses a fault, if there is one.
void require_none(const std::string& fault) {
  if (!fault.empty()) throw Refused(Status::kBadArgument, fault);
}

runtime::Grid grid_of(int64_t threads) {
  return {.blocks = static_cast<int32_t>((threads + kThreads - 1) / kThreads),
          .block_rows = 1,
          .threads = kThreads};
}

}  // namespace

Context::Context(const Subscale& subscale, const ConstantReader& reader, int64_t rows,
                 cudaStream_t stream)
    : spec_(subscale.spec) {
  require_none(check(spec_));
  const int64_t size = spec_.weight_count();
  if (subscale.weight_count != size) {
    require_none("context_layers: expected " + std::to_string(size) + " values, found " +
                 std::to_string(subscale.weight_count));
  }
  const std::vector<float> values = reader.array("context_layers", subscale.weights, size);
  if (none()) return;
  const HostWeight input =
      reader.weight("context_input", subscale.input, rows, spec_.context_size(), 0);
  require(runtime::allocate(values.size() * sizeof(float), weights_));
  require(runtime::upload(weights_.get(), values.data(), values.size() * sizeof(float), stream));
  input_.emplace(HostLayer{input, std::vector<float>(static_cast<size_t>(rows))}, stream);
}

int64_t Context::steps_at_once(const int64_t (&schedule)[4]) const {
  if (none()) return INT64_MAX;
  return spec_.own_past ? 1 : std::min(kMostSteps, std::max<int64_t>(schedule[1], 1));
}

Schedule Context::schedule(const SubscaleCall& call) const {
  SubscaleWindow window;
  require_none(plan(spec_, call, window));
  const Places sample = {call.rows * window.begin - window.first_sample, call.rows,
                         1 - call.rows * window.lag};
  return {.steps = window.end - window.begin,
          .first_step = window.begin,
          .lag = window.lag,
          .end = call.samples,
          .sample = sample,
          .time = {sample.first + window.first_sample % call.samples_per_frame, sample.by_step,
                   sample.by_row},
          .samples_per_frame = call.samples_per_frame,
          .frames_per_row = 0};
}

Schedule Context::part(const Schedule& all, int64_t first, int64_t steps) {
  Schedule schedule = all;
  schedule.steps = steps;
  schedule.first_step += first;
  schedule.sample.first += first * schedule.sample.by_step;
  schedule.time.first += first * schedule.time.by_step;
  return schedule;
}

int64_t Context::workspace(int64_t rows, int64_t steps) const {
  if (none()) return 0;
  int64_t times = steps + spec_.reach(), sum = times * spec_.channels;
  for (const ContextLayerSize& layer : spec_.layers) {
    times -= layer.reach();
    sum += times * layer.outputs;
  }
  return rows * sum;
}

Result Context::run(const Schedule& schedule, int64_t rows, const float* audio, const float* bias,
                    Which bias_of, float* y, float* workspace, cudaStream_t stream) const {
  int64_t times = schedule.steps + spec_.reach();
  Result result =
      runtime::launch(context_channels<kThreads>, grid_of(rows * times * spec_.channels),
                      ChannelsArguments{.schedule = schedule,
                                        .rows = static_cast<int32_t>(rows),
                                        .channels = static_cast<int32_t>(spec_.channels),
                                        .own_past = spec_.own_past,
                                        .horizon = spec_.horizon,
                                        .times = times,
                                        .first_time = spec_.horizon - spec_.reach(),
                                        .audio = audio,
                                        .y = workspace},
                      stream);
  const float* x = workspace;
  float* next = workspace + rows * times * spec_.channels;
  const float* weight = static_cast<const float*>(weights_.get());
  for (const ContextLayerSize& layer : spec_.layers) {
    times -= layer.reach();
    const int64_t numbers = rows * times * layer.outputs;
    const float* bias_of_layer = weight + layer.outputs * layer.columns();
    if (result.ok()) {
      result = runtime::launch(context_convolution<kThreads>, grid_of(numbers),
                               ConvolutionArguments{.rows = static_cast<int32_t>(rows),
                                                    .inputs = layer.inputs,
                                                    .outputs = layer.outputs,
                                                    .kernel = layer.kernel,
                                                    .dilation = layer.dilation,
                                                    .relu = layer.relu,
                                                    .times = times,
                                                    .weight = weight,
                                                    .bias = bias_of_layer,
                                                    .x = x,
                                                    .y = next},
                               stream);
    }
    x = next;
    next += numbers;
    weight = bias_of_layer + layer.outputs;
  }
  if (result.ok()) result = input_->run(x, Which::kSame, bias, bias_of, y, schedule, rows, stream);
  return result;
}

}  // namespace wavebridge::cuda
