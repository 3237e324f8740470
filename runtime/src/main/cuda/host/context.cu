#include "host/context.h"

#include <algorithm>

#include "kernels/context.cuh"
#include "wavebridge/subscale.h"

namespace wavebridge::cuda {
namespace {

constexpr int kThreads = 128;
/// Far above any vocoder, and low enough that nothing overflows (as
/// ort/subscale.cc has it).
constexpr int64_t kMostChannels = 1 << 12;
constexpr int64_t kMostKept = 1 << 22;
constexpr int64_t kMostDilation = 1 << 20;
constexpr int64_t kLongest = int64_t{1} << 40;
/// Steps whose contexts are in memory at once.
constexpr int64_t kMostSteps = 256;

std::string text(int64_t value) { return std::to_string(value); }

void require_within(const char* what, int64_t value, int64_t lowest, int64_t highest) {
  if (value < lowest || value > highest) {
    throw Refused(Status::kBadArgument, std::string(what) + ": expected " + text(lowest) + " to " +
                                            text(highest) + ", found " + text(value));
  }
}

/// Samples of a row that lie before `end`.
int64_t positions(int64_t row, int64_t rows, int64_t end) {
  return row < end ? (end - row - 1) / rows + 1 : 0;
}

runtime::Grid grid_of(int64_t threads) {
  return {.blocks = static_cast<int32_t>((threads + kThreads - 1) / kThreads),
          .block_rows = 1,
          .threads = kThreads};
}

}  // namespace

Context::Context(const Subscale& subscale, const ConstantReader& reader, int64_t rows,
                 cudaStream_t stream)
    : horizon_(subscale.horizon), channels_(subscale.channels), own_past_(subscale.own_past) {
  require_within("horizon", horizon_, 0, INT32_MAX);
  require_within("context_channels", channels_, subscale.layer_count > 0 ? 1 : 0,
                 subscale.layer_count > 0 ? kMostChannels : 0);
  require_within("context layers", subscale.layer_count, 0, kMostContextLayers);
  int64_t inputs = channels_, size = 0, kept = 0;
  for (int32_t i = 0; i < subscale.layer_count; i++) {
    const cuda::ContextLayer& given = subscale.layers[i];
    require_within("context_kernels", given.kernel, 1, kMostInputs / inputs);
    require_within("context_dilations", given.dilation, 1, kMostDilation);
    require_within("context_outputs", given.outputs, 1, kMostInputs);
    const int64_t weights = int64_t{given.outputs} * given.kernel * inputs;
    layers_.push_back({static_cast<int32_t>(inputs), given.outputs, given.kernel, given.dilation,
                       given.relu, size, size + weights});
    size += weights + given.outputs;
    kept += (layers_.back().reach() + 1) * inputs;
    require_within("numbers that the context looks back to", kept, 0, kMostKept);
    inputs = given.outputs;
  }
  require_within("context_layers", subscale.weight_count, size, size);
  const std::vector<float> values = reader.array("context_layers", subscale.weights, size);
  if (none()) return;
  const HostWeight input = reader.weight("context_input", subscale.input, rows, inputs, false);
  require(runtime::allocate(values.size() * sizeof(float), weights_));
  require(runtime::upload(weights_.get(), values.data(), values.size() * sizeof(float), stream));
  input_.emplace(HostLayer{input, std::vector<float>(static_cast<size_t>(rows))}, stream);
}

int64_t Context::reach() const {
  int64_t sum = 0;
  for (const Layer& layer : layers_) sum += layer.reach();
  return sum;
}

int64_t Context::steps_at_once(const int64_t (&schedule)[4]) const {
  if (none()) return kLongest;
  return own_past_ ? 1 : std::min(kMostSteps, std::max<int64_t>(schedule[1], 1));
}

Schedule Context::schedule(const int64_t (&values)[4], int64_t rows, int64_t samples,
                           int64_t frames, int64_t samples_per_frame) const {
  require_within("rows", rows, 1, kMostSubscaleRows);
  if (!none()) require_within("rows of the context network", rows, 1, channels_);
  require_within("schedule[0] (first sample)", values[0], 0, kLongest);
  require_within("schedule[1] (chunk)", values[1], 1, INT32_MAX);
  require_within("schedule[2] (first step)", values[2], 0, kLongest);
  require_within("schedule[3] (steps)", values[3], 0, kLongest);
  if (values[0] % rows != 0) {
    throw Refused(Status::kBadArgument, "schedule[0] (first sample): expected a multiple of " +
                                            text(rows) + " (rows), found " + text(values[0]));
  }
  const int64_t first = values[0], lag = horizon_ + values[1], end = first + samples;
  if (samples > 0) {
    const int64_t needed = (end - 1) / samples_per_frame - first / samples_per_frame + 1;
    require_within("frames", frames, needed, kLongest);
  }
  const int64_t last_row = std::min(rows, end) - 1;
  const int64_t most = last_row < 0 ? 0 : last_row * lag + positions(last_row, rows, end);
  const int64_t stop = std::min(values[2] + values[3], most), begin = std::min(values[2], stop);
  const Places sample = {rows * begin - first, rows, 1 - rows * lag};
  const Schedule all = {
      .steps = stop - begin,
      .first_step = begin,
      .lag = lag,
      .end = samples,
      .sample = sample,
      .time = {sample.first + first % samples_per_frame, sample.by_step, sample.by_row},
      .samples_per_frame = samples_per_frame,
      .frames_per_row = 0};
  check_past(all, first, rows);
  return all;
}

void Context::check_past(const Schedule& all, int64_t first_sample, int64_t rows) const {
  const int64_t end = first_sample + all.end;
  for (int64_t row = 0; row < std::min(rows, end); row++) {
    const int64_t first = std::max<int64_t>(0, all.first_step - row * all.lag);
    if (first >= std::min(positions(row, rows, end), all.first_step + all.steps - row * all.lag))
      continue;
    int64_t time = first;
    if (row > 0 && channels_ > 1)
      time = std::min(time, std::max<int64_t>(0, first + horizon_ - reach()));
    if (!none() && own_past_) time = std::min(time, std::max<int64_t>(0, first - 1 - reach()));
    if (first_sample / rows > time) {
      throw Refused(Status::kBadArgument, "schedule[0] (first sample): expected at most " +
                                              text(time * rows) + ", as row " + text(row) +
                                              " needs it, found " + text(first_sample));
    }
  }
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
  int64_t times = steps + reach(), sum = times * channels_;
  for (const Layer& layer : layers_) {
    times -= layer.reach();
    sum += times * layer.outputs;
  }
  return rows * sum;
}

Result Context::run(const Schedule& schedule, int64_t rows, const float* audio, const float* bias,
                    Which bias_of, float* y, float* workspace, cudaStream_t stream) const {
  int64_t times = schedule.steps + reach();
  Result result = runtime::launch(context_channels<kThreads>, grid_of(rows * times * channels_),
                                  ChannelsArguments{.schedule = schedule,
                                                    .rows = static_cast<int32_t>(rows),
                                                    .channels = static_cast<int32_t>(channels_),
                                                    .own_past = own_past_,
                                                    .horizon = horizon_,
                                                    .times = times,
                                                    .first_time = horizon_ - reach(),
                                                    .audio = audio,
                                                    .y = workspace},
                                  stream);
  const float* x = workspace;
  float* next = workspace + rows * times * channels_;
  for (const Layer& layer : layers_) {
    times -= layer.reach();
    const int64_t numbers = rows * times * layer.outputs;
    const float* weights = static_cast<const float*>(weights_.get());
    if (result.ok()) {
      result = runtime::launch(context_convolution<kThreads>, grid_of(numbers),
                               ConvolutionArguments{.rows = static_cast<int32_t>(rows),
                                                    .inputs = layer.inputs,
                                                    .outputs = layer.outputs,
                                                    .kernel = layer.kernel,
                                                    .dilation = layer.dilation,
                                                    .relu = layer.relu,
                                                    .times = times,
                                                    .weight = weights + layer.weight,
                                                    .bias = weights + layer.bias,
                                                    .x = x,
                                                    .y = next},
                               stream);
    }
    x = next;
    next += numbers;
  }
  if (result.ok()) result = input_->run(x, Which::kSame, bias, bias_of, y, schedule, rows, stream);
  return result;
}

}  // namespace wavebridge::cuda
