#include <algorithm>
#include <cstring>

#include "ort/operator.h"

namespace wavebridge::ort {
namespace {

constexpr size_t kMostLayers = 1024;
/// Numbers that the layers keep of earlier frames, at most.
constexpr int64_t kMostPast = 1 << 22;
/// Vectors that layers make of one frame, at most.
constexpr int64_t kMostVectors = 64;
/// Frames that go through all layers before the next ones do: memory is bounded, and what a layer
/// makes is still in the caches when the next one reads it.
constexpr int64_t kFramesTogether = 64;
/// Vectors that a thread takes at once, which share one pass over the weights.
constexpr int64_t kTile = 8;

std::string text(int64_t value) { return std::to_string(value); }

/// Layers over frames one after the other, with what they keep of the frames before.
class ConvolveFrames final : public Kernel {
 public:
  explicit ConvolveFrames(const Kernels& kernels) : kernels_(kernels) {}

  void read(NodeReader& reader) override {
    channels_ = reader.attribute("channels");
    const std::vector<int64_t> kernels = reader.attributes("kernels");
    if (kernels.empty() || kernels.size() > kMostLayers) {
      reader.refuse("attribute 'kernels': expected 1 to " + std::to_string(kMostLayers) +
                    " integers, one for each layer, found " + std::to_string(kernels.size()));
    }
    const size_t count = kernels.size();
    const std::vector<int64_t> dilations = reader.attributes("dilations", count);
    const std::vector<int64_t> outputs = reader.attributes("outputs", count);
    const std::vector<int64_t> befores = reader.attributes("relus_before", count);
    const std::vector<int64_t> afters = reader.attributes("relus", count);
    const std::vector<int64_t> skips = reader.attributes("skips", count);
    const std::vector<int64_t> splits = reader.attributes("splits", count);
    for (size_t i = 0; i < count; i++) {
      add(reader, {.kernel = kernels[i],
                   .dilation = dilations[i],
                   .outputs = outputs[i],
                   .split = splits[i],
                   .skip = skips[i],
                   .relu_before = befores[i] == 1,
                   .relu = afters[i] == 1});
    }
    read_weights(reader);
  }

  void compute(const Call& call) const override {
    const Tensor x = call.input(0, {"N", "F", {"C", channels_}});
    const Tensor past = call.input(1, {{"N", x.shape[0]}, {"S", past_size_}});
    const int64_t rows = x.shape[0], frames = x.shape[1];
    const int64_t size = layers_.back().vectors * layers_.back().outputs;
    float* y = call.output(0, {rows, frames, size});
    float* next = call.copied_output(1, past);
    const int64_t most = std::min(frames, kFramesTogether);
    const size_t place = static_cast<size_t>(most * widest_);
    const auto memory =
        scratch((kPlaces * place + static_cast<size_t>(most * most_taps_)) * sizeof(float));
    float* const floats = reinterpret_cast<float*>(memory.get());
    for (int64_t row = 0; row < rows; row++) {
      for (int64_t first = 0; first < frames; first += most) {
        const int64_t some = std::min(most, frames - first);
        const float* from = x.floats() + (row * frames + first) * channels_;
        std::copy_n(from, some * channels_, floats);
        const float* made = run(call, floats, place, some, next + row * past_size_);
        std::copy_n(made, some * size, y + (row * frames + first) * size);
      }
    }
  }

 private:
  struct FrameLayer {
    int64_t kernel, dilation, outputs, split, skip;
    bool relu_before, relu;
    int64_t inputs = 0;
    int64_t vectors = 0;  ///< that it reads of each frame
    int64_t past = 0;     ///< where its past begins in that of a row
    AffineLayer affine{};

    int64_t reach() const { return (kernel - 1) * dilation; }
  };

  /// Places for the vectors between layers: those that a layer reads, those that it makes, and
  /// those that the layer before read, which it may add.
  static constexpr size_t kPlaces = 3;

  /// Takes a layer's shape, refused where it does not follow from the one before.
  void add(NodeReader& reader, FrameLayer layer) {
    const std::string at = "[" + std::to_string(layers_.size()) + "]";
    const FrameLayer* before = layers_.empty() ? nullptr : &layers_.back();
    layer.inputs = before == nullptr ? channels_ : before->outputs / before->split;
    layer.vectors = before == nullptr ? 1 : before->vectors * before->split;
    layer.past = past_size_;
    if (layer.kernel > kMostInputs / layer.inputs) {
      reader.refuse("attribute 'kernels'" + at + ": expected at most " +
                    text(kMostInputs / layer.inputs) + " taps of " + text(layer.inputs) +
                    " inputs, found " + text(layer.kernel));
    }
    if (layer.kernel > 1 && layer.vectors > 1) {
      reader.refuse("attribute 'kernels'" + at + ": expected 1, as a frame has " +
                    text(layer.vectors) + " vectors there, found " + text(layer.kernel));
    }
    if (layer.outputs % layer.split != 0 || layer.vectors * layer.split > kMostVectors) {
      reader.refuse("attribute 'splits'" + at + ": expected a divisor of " + text(layer.outputs) +
                    " that leaves at most " + text(kMostVectors) + " vectors of a frame, found " +
                    text(layer.split));
    }
    check_skip(reader, layer, before, at);
    past_size_ += layer.reach() * layer.inputs;
    if (past_size_ > kMostPast) {
      reader.refuse("attributes 'kernels' and 'dilations': expected at most " + text(kMostPast) +
                    " numbers that the layers keep, found " + text(past_size_) + " up to layer " +
                    at);
    }
    widest_ = std::max({widest_, layer.vectors * layer.inputs, layer.vectors * layer.outputs});
    if (layer.kernel > 1 || layer.relu_before) {
      most_taps_ = std::max(most_taps_, layer.vectors * layer.kernel * layer.inputs);
    }
    layers_.push_back(layer);
  }

  /// A layer adds its own input, or that of the layer before.
  static void check_skip(NodeReader& reader, const FrameLayer& layer, const FrameLayer* before,
                         const std::string& at) {
    if (layer.skip == 0) return;
    if (layer.skip == 2 && before == nullptr) {
      reader.refuse("attribute 'skips'" + at + ": expected 0 or 1 in the first layer, found 2");
    }
    const FrameLayer& added = layer.skip == 1 ? layer : *before;
    if (added.inputs != layer.outputs || added.vectors != layer.vectors) {
      reader.refuse("attribute 'skips'" + at + ": expected 0, as " + text(added.vectors) +
                    " vectors of " + text(added.inputs) + " cannot be added to " +
                    text(layer.vectors) + " of " + text(layer.outputs) + ", found " +
                    text(layer.skip));
    }
  }

  void read_weights(NodeReader& reader) {
    int64_t size = 0;
    for (const FrameLayer& layer : layers_) {
      size += layer.outputs * (layer.kernel * layer.inputs + 1);
    }
    const float* from = reader.array({{"Z", size}}).data();
    for (size_t i = 0; i < layers_.size(); i++) {
      FrameLayer& layer = layers_[i];
      const int64_t columns = layer.kernel * layer.inputs;
      layer.affine.weight =
          reader.dense("layers[" + std::to_string(i) + "]", from, layer.outputs, columns);
      layer.affine.bias = from + layer.outputs * columns;
      from = layer.affine.bias + layer.outputs;
    }
  }

  /// Takes the frames at the first place through all layers; where the last one left its vectors.
  const float* run(const Call& call, float* places, size_t place, int64_t frames,
                   float* past) const {
    float* const taps = places + kPlaces * place;
    const auto at = [&](size_t index) { return places + index % kPlaces * place; };
    for (size_t i = 0; i < layers_.size(); i++) {
      const FrameLayer& layer = layers_[i];
      const float* x = at(i);
      if (layer.kernel > 1) {
        join(layer, x, frames, past + layer.past, taps);
        x = taps;
      } else if (layer.relu_before) {
        copy_relu(layer, x, frames * layer.vectors, taps);
        x = taps;
      }
      // The input of the layer before, two places back, is one place on.
      const float* added = layer.skip == 0 ? nullptr : layer.skip == 1 ? at(i) : at(i + 2);
      apply(call, layer, x, frames * layer.vectors, added, at(i + 1));
    }
    return at(layers_.size());
  }

  /// Joins the taps of every frame, and leaves the newest frames as the past.
  static void join(const FrameLayer& layer, const float* x, int64_t frames, float* past,
                   float* taps) {
    const int64_t reach = layer.reach(), size = layer.inputs;
    const auto copy = [&](int64_t frame, float* to) {
      if (frame < reach) {
        std::copy_n(past + frame * size, size, to);
      } else {
        copy_relu(layer, x + (frame - reach) * size, 1, to);
      }
    };
    for (int64_t frame = 0; frame < frames; frame++) {
      for (int64_t tap = 0; tap < layer.kernel; tap++) {
        copy(frame + tap * layer.dilation, taps + (frame * layer.kernel + tap) * size);
      }
    }
    // Frames that stay move towards the start, so that none is overwritten before it is read.
    for (int64_t kept = 0; kept < reach; kept++) copy(kept + frames, past + kept * size);
  }

  static void copy_relu(const FrameLayer& layer, const float* from, int64_t vectors, float* to) {
    const int64_t count = vectors * layer.inputs;
    if (layer.relu_before) {
      for (int64_t i = 0; i < count; i++) to[i] = from[i] < 0.0f ? 0.0f : from[i];
    } else {
      std::copy_n(from, count, to);
    }
  }

  /// One layer over vectors whose taps are joined.
  void apply(const Call& call, const FrameLayer& layer, const float* x, int64_t vectors,
             const float* added, float* y) const {
    const int64_t inputs = layer.kernel * layer.inputs, outputs = layer.outputs;
    call.parallel((vectors + kTile - 1) / kTile, [&](size_t tile) noexcept {
      const int64_t first = static_cast<int64_t>(tile) * kTile;
      const int64_t count = std::min(kTile, vectors - first);
      float* const to = y + first * outputs;
      kernels_.affine(layer.affine.weight, x + first * inputs, layer.affine.bias, to,
                      static_cast<int32_t>(count));
      if (layer.relu) {
        for (int64_t i = 0; i < count * outputs; i++) to[i] = to[i] < 0.0f ? 0.0f : to[i];
      }
      if (added != nullptr) {
        const float* from = added + first * outputs;
        for (int64_t i = 0; i < count * outputs; i++) to[i] = from[i] + to[i];
      }
    });
  }

  const Kernels& kernels_;
  int64_t channels_ = 0;
  int64_t past_size_ = 0;
  int64_t widest_ = 0;     ///< numbers between two layers, of one frame
  int64_t most_taps_ = 0;  ///< numbers that a layer reads apart from them, of one frame
  std::vector<FrameLayer> layers_;
};

}  // namespace

const KernelKind kConvolveFrames = {"ConvolveFrames", make_kernel<ConvolveFrames>};

}  // namespace wavebridge::ort
