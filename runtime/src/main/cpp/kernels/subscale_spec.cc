#include "wavebridge/subscale_spec.h"

#include <algorithm>

#include "wavebridge/attributes.h"
#include "wavebridge/packed_weight.h"

namespace wavebridge {
namespace {

/// Numbers that a context network keeps for each row, at most.
constexpr int64_t kMostKept = 1 << 22;
/// Samples and steps of an utterance, at most.
constexpr int64_t kLongest = int64_t{1} << 40;

std::string text(int64_t value) { return std::to_string(value); }

/// Samples of a row that lie before `end`.
int64_t positions(int64_t row, int64_t rows, int64_t end) {
  return row < end ? (end - row - 1) / rows + 1 : 0;
}

/// The fault of steps that read samples before the window, or empty; `end` is the end of its
/// samples.
std::string check_past(const SubscaleSpec& spec, const SubscaleWindow& window, int64_t rows,
                       int64_t end) {
  const int64_t reach = spec.reach();
  // The oldest time that a row needs, where, and for which row.
  int64_t oldest = INT64_MAX, step = 0, needing = 0;
  for (int64_t row = 0; row < std::min(rows, end); row++) {
    const int64_t first = std::max<int64_t>(0, window.begin - row * window.lag);
    if (first >= std::min(positions(row, rows, end), window.end - row * window.lag)) continue;
    int64_t time = first;
    if (row > 0 && spec.channels > 1) {
      time = std::min(time, std::max<int64_t>(0, first + spec.horizon - reach));
    }
    if (spec.channels > 0 && spec.own_past) {
      time = std::min(time, std::max<int64_t>(0, first - 1 - reach));
    }
    if (time >= oldest) continue;
    oldest = time;
    step = first + row * window.lag;
    needing = row;
  }
  if (window.first_sample / rows <= oldest) return "";
  return "schedule[0] (first sample): expected at most " + text(oldest * rows) + ", as row " +
         text(needing) + " needs it in step " + text(step) + ", found " + text(window.first_sample);
}

}  // namespace

SubscaleSpec SubscaleSpec::of(const Attributes& attributes) {
  SubscaleSpec spec;
  spec.horizon = attributes.attribute("horizon");
  spec.own_past = attributes.attribute("own_past") == 1;
  spec.channels = attributes.attribute("context_channels");
  const std::vector<int64_t> kernels = attributes.attributes("context_kernels");
  const auto list = [&](const char* name) {
    const std::vector<int64_t> values = attributes.attributes(name);
    if (values.size() != kernels.size()) {
      attributes.refuse(
          std::string("attribute '") + name + "': expected " + std::to_string(kernels.size()) +
          " integers, as many as 'context_kernels' has, found " + std::to_string(values.size()));
    }
    return values;
  };
  const std::vector<int64_t> dilations = list("context_dilations");
  const std::vector<int64_t> outputs = list("context_outputs");
  const std::vector<int64_t> relus = list("context_relus");
  for (size_t i = 0; i < kernels.size(); i++) {
    spec.layers.push_back({.inputs = static_cast<int32_t>(spec.context_size()),
                           .outputs = static_cast<int32_t>(outputs[i]),
                           .kernel = static_cast<int32_t>(kernels[i]),
                           .dilation = static_cast<int32_t>(dilations[i]),
                           .relu = relus[i] == 1});
  }
  const std::string fault = check(spec);
  if (!fault.empty()) attributes.refuse(fault);
  return spec;
}

int64_t SubscaleSpec::weight_count() const {
  int64_t sum = 0;
  for (const ContextLayerSize& layer : layers) sum += layer.outputs * (layer.columns() + 1);
  return sum;
}

int64_t SubscaleSpec::reach() const {
  int64_t sum = 0;
  for (const ContextLayerSize& layer : layers) sum += layer.reach();
  return sum;
}

std::string check(const SubscaleSpec& spec) {
  const size_t count = spec.layers.size();
  if (count > kMostContextLayers) {
    return "attribute 'context_kernels': expected at most " + text(kMostContextLayers) +
           " integers, found " + std::to_string(count);
  }
  if ((spec.channels == 0) != (count == 0)) {
    return "attribute 'context_channels': expected " +
           std::string(count == 0 ? "0, as there are no layers"
                                  : "1 or more, as there are layers") +
           " in 'context_kernels', found " + text(spec.channels);
  }
  int64_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    const ContextLayerSize& layer = spec.layers[i];
    if (layer.kernel > kMostInputs / layer.inputs) {
      return "attribute 'context_kernels'[" + std::to_string(i) + "]: expected at most " +
             text(kMostInputs / layer.inputs) + " taps of " + text(layer.inputs) +
             " inputs, found " + text(layer.kernel);
    }
    kept += (layer.reach() + 1) * layer.inputs;
    if (kept > kMostKept) {
      return "attributes 'context_kernels' and 'context_dilations': expected at most " +
             text(kMostKept) + " numbers that the layers look back to, found " + text(kept) +
             " up to layer " + std::to_string(i);
    }
  }
  return "";
}

int64_t frames_of(const SubscaleWindow& window, int64_t samples, int64_t samples_per_frame) {
  if (samples == 0) return 0;
  const int64_t last = window.first_sample + samples - 1;
  return last / samples_per_frame - window.first_sample / samples_per_frame + 1;
}

std::string plan(const SubscaleSpec& spec, const SubscaleCall& call, SubscaleWindow& window) {
  const int64_t rows = call.rows;
  if (rows < 1 || rows > kMostSubscaleRows) {
    return "previous: expected 1 to " + text(kMostSubscaleRows) + " rows, found " + text(rows);
  }
  if (spec.channels > 0 && rows > spec.channels) {
    return "previous: expected at most " + text(spec.channels) +
           " rows, for which the context network was trained, found " + text(rows);
  }
  static constexpr struct {
    const char* what;
    int64_t lowest, highest;
  } kRanges[] = {{"first sample", 0, kLongest},
                 {"chunk", 1, INT32_MAX},
                 {"first step", 0, kLongest},
                 {"steps", 0, kLongest}};
  for (int i = 0; i < 4; i++) {
    const auto& [what, lowest, highest] = kRanges[i];
    if (call.schedule[i] < lowest || call.schedule[i] > highest) {
      return "schedule[" + text(i) + "] (" + what + "): expected " + text(lowest) + " to " +
             text(highest) + ", found " + text(call.schedule[i]);
    }
  }
  const int64_t first = call.schedule[0];
  if (first % rows != 0) {
    return "schedule[0] (first sample): expected a multiple of " + text(rows) + " (rows), found " +
           text(first);
  }
  const int64_t lag = spec.horizon + call.schedule[1], end = first + call.samples;
  const int64_t last_row = std::min(rows, end) - 1;
  const int64_t steps = last_row < 0 ? 0 : last_row * lag + positions(last_row, rows, end);
  window = {};
  window.horizon = spec.horizon;
  window.lag = lag;
  window.first_sample = first;
  window.end = std::min(call.schedule[2] + call.schedule[3], steps);
  window.begin = std::min(call.schedule[2], window.end);
  std::string fault = check_past(spec, window, rows, end);
  if (!fault.empty()) return fault;
  const int64_t needed = frames_of(window, call.samples, call.samples_per_frame);
  if (needed > call.frames) {
    return text(call.samples) + " samples from sample " + text(first) + " on: expected at least " +
           text(needed) + " frames (" + text(call.samples_per_frame) + " samples each), found " +
           text(call.frames);
  }
  return "";
}

}  // namespace wavebridge
