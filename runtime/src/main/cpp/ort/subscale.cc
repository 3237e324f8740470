#include "ort/subscale.h"

#include <algorithm>

namespace wavebridge::ort {
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

}  // namespace

void Subscale::read(NodeReader& reader, const Dimension& rows) {
  horizon_ = reader.attribute("horizon");
  context_.own_past = reader.attribute("own_past") == 1;
  channels_ = reader.attribute("context_channels");
  const int64_t size = read_layers(reader);
  context_.input = reader.weight(rows, {"X", size});
  read_weights(reader);
}

int64_t Subscale::read_layers(NodeReader& reader) {
  const std::vector<int64_t> kernels = reader.attributes("context_kernels");
  const size_t layers = kernels.size();
  const auto list = [&](const char* name) {
    const std::vector<int64_t> values = reader.attributes(name);
    if (values.size() != layers) {
      reader.refuse(std::string("attribute '") + name + "': expected " + std::to_string(layers) +
                    " integers, as many as 'context_kernels' has, found " +
                    std::to_string(values.size()));
    }
    return values;
  };
  const std::vector<int64_t> dilations = list("context_dilations");
  const std::vector<int64_t> outputs = list("context_outputs");
  const std::vector<int64_t> relus = list("context_relus");
  if (layers > kMostContextLayers) {
    reader.refuse("attribute 'context_kernels': expected at most " + text(kMostContextLayers) +
                  " integers, found " + std::to_string(layers));
  }
  if ((channels_ == 0) != (layers == 0)) {
    reader.refuse(
        "attribute 'context_channels': expected " +
        std::string(layers == 0 ? "0, as there are no layers" : "1 or more, as there are layers") +
        " in 'context_kernels', found " + text(channels_));
  }
  int64_t inputs = channels_, kept = 0;
  for (size_t i = 0; i < layers; i++) {
    if (kernels[i] > kMostInputs / inputs) {
      reader.refuse("attribute 'context_kernels'[" + std::to_string(i) + "]: expected at most " +
                    text(kMostInputs / inputs) + " taps of " + text(inputs) + " inputs, found " +
                    text(kernels[i]));
    }
    context_.layers[i] = {.affine = {},
                          .inputs = static_cast<int32_t>(inputs),
                          .kernel = static_cast<int32_t>(kernels[i]),
                          .dilation = static_cast<int32_t>(dilations[i]),
                          .relu = relus[i] == 1};
    outputs_[i] = outputs[i];
    kept += ((kernels[i] - 1) * dilations[i] + 1) * inputs;
    if (kept > kMostKept) {
      reader.refuse("attributes 'context_kernels' and 'context_dilations': expected at most " +
                    text(kMostKept) + " numbers that the layers look back to, found " + text(kept) +
                    " up to layer " + std::to_string(i));
    }
    inputs = outputs[i];
  }
  context_.layer_count = static_cast<int32_t>(layers);
  return inputs;
}

void Subscale::read_weights(NodeReader& reader) {
  int64_t size = 0;
  for (int32_t i = 0; i < context_.layer_count; i++) {
    const ContextLayer& layer = context_.layers[i];
    size += outputs_[i] * (int64_t{layer.kernel} * layer.inputs + 1);
  }
  const std::vector<float>& values = reader.array({{"Z", size}});
  const float* from = values.data();
  for (int32_t i = 0; i < context_.layer_count; i++) {
    ContextLayer& layer = context_.layers[i];
    const int64_t columns = int64_t{layer.kernel} * layer.inputs;
    layer.affine.weight =
        reader.dense("context_layers[" + text(i) + "]", from, outputs_[i], columns);
    layer.affine.bias = from + outputs_[i] * columns;
    from = layer.affine.bias + outputs_[i];
  }
}

SubscaleWindow Subscale::window(const Call& call, size_t schedule, int64_t rows,
                                int64_t samples) const {
  if (rows < 1 || rows > kMostSubscaleRows) {
    call.refuse("previous: expected 1 to " + text(kMostSubscaleRows) + " rows, found " +
                text(rows));
  }
  if (channels_ > 0 && rows > channels_) {
    call.refuse("previous: expected at most " + text(channels_) +
                " rows, for which the context network was trained, found " + text(rows));
  }
  const int64_t* const values = call.input(schedule, {4}).longs();
  const auto value = [&](size_t index, const char* what, int64_t lowest, int64_t highest) {
    if (values[index] < lowest || values[index] > highest) {
      call.refuse("schedule[" + std::to_string(index) + "] (" + what + "): expected " +
                  text(lowest) + " to " + text(highest) + ", found " + text(values[index]));
    }
    return values[index];
  };
  SubscaleWindow window{};
  window.horizon = horizon_;
  window.first_sample = value(0, "first sample", 0, kLongest);
  window.lag = horizon_ + value(1, "chunk", 1, INT32_MAX);
  window.begin = value(2, "first step", 0, kLongest);
  window.end = window.begin + value(3, "steps", 0, kLongest);
  if (window.first_sample % rows != 0) {
    call.refuse("schedule[0] (first sample): expected a multiple of " + text(rows) +
                " (rows), found " + text(window.first_sample));
  }
  const int64_t end = window.first_sample + samples;
  const int64_t last_row = std::min(rows, end) - 1;
  const int64_t steps = last_row < 0 ? 0 : last_row * window.lag + positions(last_row, rows, end);
  window.end = std::min(window.end, steps);
  window.begin = std::min(window.begin, window.end);
  check_past(call, window, rows, end);
  return window;
}

void Subscale::check_past(const Call& call, const SubscaleWindow& window, int64_t rows,
                          int64_t end) const {
  const int64_t reach = context_.reach();
  // The oldest time that a row needs, where, and for which row.
  int64_t oldest = INT64_MAX, step = 0, needing = 0;
  for (int64_t row = 0; row < std::min(rows, end); row++) {
    const int64_t first = std::max<int64_t>(0, window.begin - row * window.lag);
    if (first >= std::min(positions(row, rows, end), window.end - row * window.lag)) continue;
    int64_t time = first;
    if (row > 0 && channels_ > 1) {
      time = std::min(time, std::max<int64_t>(0, first + horizon_ - reach));
    }
    if (channels_ > 0 && context_.own_past) {
      time = std::min(time, std::max<int64_t>(0, first - 1 - reach));
    }
    if (time >= oldest) continue;
    oldest = time;
    step = first + row * window.lag;
    needing = row;
  }
  if (window.first_sample / rows > oldest) {
    call.refuse("schedule[0] (first sample): expected at most " + text(oldest * rows) +
                ", as row " + text(needing) + " needs it in step " + text(step) + ", found " +
                text(window.first_sample));
  }
}

int64_t frames_of(const Call& call, const SubscaleWindow& window, int64_t samples, int64_t frames,
                  int64_t samples_per_frame) {
  if (samples == 0) return 0;
  const int64_t last = window.first_sample + samples - 1;
  const int64_t needed = last / samples_per_frame - window.first_sample / samples_per_frame + 1;
  if (needed > frames) {
    call.refuse(text(samples) + " samples from sample " + text(window.first_sample) +
                " on: expected at least " + text(needed) + " frames (" + text(samples_per_frame) +
                " samples each), found " + text(frames));
  }
  return needed;
}

}  // namespace wavebridge::ort
