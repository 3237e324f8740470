#ifndef WAVEBRIDGE_ORT_SEQUENCE_OP_H_
#define WAVEBRIDGE_ORT_SEQUENCE_OP_H_

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "ort/operator.h"
#include "ort/subscale.h"

// The three operators of a step network: generate, score and subscale_generate. A network is a
// template `Traits<Matrix>` (ort/<network>_traits.h), by how it keeps its large weights, with
//   kName         what its operators' names begin with
//   Network       what its kernels read
//   kKernels      its kernels in NetworkKernels<Matrix>
//   read          reads and checks a node, and says how large its values are
//   context_rows  rows of the weight of a context; without it there is no subscale operator

namespace wavebridge::ort {

/// The values of a network's sequences, as messages call them.
struct SequenceSizes {
  int64_t samples_per_frame = 1;
  int64_t bands = 1;                   ///< samples that are made at once
  std::optional<Dimension> by_sample;  ///< values that come with each sample, or step, if any
  Dimension by_frame = int64_t{0};     ///< values that come with each frame
  Dimension draws = int64_t{1};        ///< uniforms of a sample
  std::vector<int64_t> logits;         ///< of a sample
  Dimension previous = int64_t{1};     ///< values of the samples before
  Dimension state = int64_t{0};

  int64_t values_by_sample() const { return by_sample ? by_sample->size : 0; }
  int64_t logits_of_sample() const {
    int64_t count = 1;
    for (const int64_t size : logits) count *= size;
    return count;
  }
};

/// The inputs of a call, one after the other.
class Inputs {
 public:
  explicit Inputs(const Call& call) : call_(call) {}
  Tensor next(const Shape& shape) { return call_.input(next_++, shape); }
  const float* temperatures(const Dimension& count) { return call_.temperatures(next_++, count); }

 private:
  const Call& call_;
  size_t next_ = 0;
};

/// The network kernels of a level for one way of keeping weights.
template <typename Matrix>
const NetworkKernels<Matrix>& kernels_for(const Kernels& kernels) {
  if constexpr (std::is_same_v<Matrix, PackedMatrix>) {
    return kernels.f32;
  } else {
    return kernels.int8;
  }
}

/// A node with a step network.
template <typename Traits>
class SequenceKernel : public Kernel {
 public:
  explicit SequenceKernel(const Kernels& kernels)
      : kernels_(kernels_for<typename Traits::Matrix>(kernels).*Traits::kKernels) {}

  void read(NodeReader& reader) override {
    sizes_.samples_per_frame = reader.attribute("samples_per_frame");
    network_ = Traits::read(reader, constants, sizes_);
  }

 protected:
  const SequenceKernels<typename Traits::Network>& kernels_;
  typename Traits::Network network_{};
  SequenceSizes sizes_;
  mutable Pace pace_;
};

/// Generating or scoring; they differ in what says the next sample.
template <typename Traits, bool kScore>
class Sequence final : public SequenceKernel<Traits> {
 public:
  using SequenceKernel<Traits>::SequenceKernel;

  void compute(const Call& call) const override {
    const SequenceSizes& of = this->sizes_;
    Inputs inputs(call);
    Dimension rows = "N", samples = "T", frames = "F";
    const float* by_sample = nullptr;
    if (of.by_sample) {
      // With several bands these are the values of a step.
      Dimension steps = of.bands == 1 ? samples : Dimension("S");
      const Tensor tensor = inputs.next({rows, steps, *of.by_sample});
      rows.size = tensor.shape[0];
      samples.size = tensor.shape[1] * of.bands;
      by_sample = tensor.floats();
    }
    const Tensor by_frame = inputs.next({rows, frames, of.by_frame});
    rows.size = by_frame.shape[0];
    frames.size = by_frame.shape[1];
    const Tensor driver =
        kScore ? inputs.next({rows, samples}) : inputs.next({rows, samples, of.draws});
    samples.size = driver.shape[1];
    const Tensor previous = inputs.next({rows, of.previous});
    const Tensor state = inputs.next({rows, of.state});
    const float* temperatures = kScore ? nullptr : inputs.temperatures(rows);
    check_frames(call, samples.size, frames.size, of.samples_per_frame);
    if (samples.size % of.bands != 0) {
      call.refuse("expected a multiple of " + std::to_string(of.bands) + " samples, found " +
                  std::to_string(samples.size));
    }

    std::vector<int64_t> result_shape = {rows.size, samples.size};
    if (kScore) result_shape.insert(result_shape.end(), of.logits.begin(), of.logits.end());
    float* result = call.output(0, result_shape);
    float* next_previous = call.copied_output(1, previous);
    float* next_state = call.copied_output(2, state);
    // Counted as the kernels count: a sample is one of each band.
    const int64_t length = samples.size / of.bands;
    const int64_t samples_per_frame = of.samples_per_frame / of.bands;
    const int64_t driving = of.bands * (kScore ? 1 : of.draws.size);
    const int64_t made = of.bands * (kScore ? of.logits_of_sample() : 1);
    const auto run = [&](int64_t row, int64_t count, int64_t first, int64_t taken,
                         const Seat& seat) noexcept {
      const int64_t at = row * length + first;
      const float* driven = driver.floats() + at * driving;
      float* to = result + at * made;
      const SequenceRows work = {
          .rows = static_cast<int32_t>(count),
          .samples = taken,
          .frames = frames.size,
          .samples_per_frame = samples_per_frame,
          .begun = first % samples_per_frame,
          .temperature = kScore ? nullptr : temperatures + row,
          .by_sample = by_sample == nullptr ? nullptr : by_sample + at * of.values_by_sample(),
          .by_frame = by_frame.floats() +
                      (row * frames.size + first / samples_per_frame) * of.by_frame.size,
          .uniforms = kScore ? nullptr : driven,
          .given = kScore ? driven : nullptr,
          .audio = kScore ? nullptr : to,
          .logits = kScore ? to : nullptr,
          .previous = next_previous + row * of.previous.size,
          .state = next_state + row * of.state.size,
      };
      const auto of_network = kScore ? this->kernels_.score : this->kernels_.generate;
      return of_network(this->network_, work, seat);
    };
    call.run_rows(rows.size, length, this->kernels_.scratch(this->network_, 1), this->pace_, run);
  }
};
template <typename Traits>
using Generate = Sequence<Traits, false>;
template <typename Traits>
using Score = Sequence<Traits, true>;

/// Steps of the subscale schedule.
template <typename Traits>
class SubscaleGenerate final : public SequenceKernel<Traits> {
 public:
  using SequenceKernel<Traits>::SequenceKernel;

  void read(NodeReader& reader) override {
    SequenceKernel<Traits>::read(reader);
    subscale_.read(reader, Traits::context_rows(this->network_));
  }

  void compute(const Call& call) const override {
    const SequenceSizes& of = this->sizes_;
    Inputs inputs(call);
    Dimension rows = "B", samples = "A";
    const float* by_sample = nullptr;
    if (of.by_sample) {
      const Tensor tensor = inputs.next({samples, *of.by_sample});
      samples.size = tensor.shape[0];
      by_sample = tensor.floats();
    }
    const Tensor by_frame = inputs.next({"F", of.by_frame});
    const Tensor uniforms = inputs.next({samples, of.draws});
    samples.size = uniforms.shape[0];
    const Tensor audio = inputs.next({samples});
    const Tensor previous = inputs.next({rows, of.previous});
    rows.size = previous.shape[0];
    const Tensor state = inputs.next({rows, of.state});
    const float temperature = *inputs.temperatures(int64_t{1});
    const Tensor schedule = inputs.next({4});
    const SubscaleWindow window =
        subscale_.window(call, {.schedule = schedule.longs(),
                                .rows = rows.size,
                                .samples = samples.size,
                                .frames = by_frame.shape[0],
                                .samples_per_frame = of.samples_per_frame});

    float* next_audio = call.copied_output(0, audio);
    float* next_previous = call.copied_output(1, previous);
    float* next_state = call.copied_output(2, state);
    if (samples.size == 0) return;
    const std::vector<float> temperatures(static_cast<size_t>(rows.size), temperature);
    const SequenceRows work = {
        .rows = static_cast<int32_t>(rows.size),
        .samples = samples.size,
        .frames = frames_of(window, samples.size, of.samples_per_frame),
        .samples_per_frame = of.samples_per_frame,
        .begun = 0,
        .temperature = temperatures.data(),
        .by_sample = by_sample,
        .by_frame = by_frame.floats(),
        .uniforms = uniforms.floats(),
        .given = nullptr,
        .audio = next_audio,
        .logits = nullptr,
        .previous = next_previous,
        .state = next_state,
    };
    const ContextNetwork& context = subscale_.context();
    run_window(call, window, rows.size,
               this->kernels_.subscale_scratch(this->network_, context, window, work), this->pace_,
               [&](const SubscaleWindow& part, const Seat& seat) noexcept {
                 return this->kernels_.subscale(this->network_, context, part, work, seat);
               });
  }

 private:
  Subscale subscale_;
};

/// The operators of a network with weights of one kind, whose names end with `suffix`.
template <typename Traits>
void add_operators_of(const char* suffix, std::vector<KernelKind>& kinds) {
  const std::string name = Traits::kName;
  kinds.push_back({name + "Generate" + suffix, make_kernel<Generate<Traits>>});
  kinds.push_back({name + "Score" + suffix, make_kernel<Score<Traits>>});
  if constexpr (requires(typename Traits::Network network) { Traits::context_rows(network); }) {
    kinds.push_back({name + "SubscaleGenerate" + suffix, make_kernel<SubscaleGenerate<Traits>>});
  }
}

/// All operators of a network.
template <template <typename> typename Traits>
void add_operators(std::vector<KernelKind>& kinds) {
  add_operators_of<Traits<PackedMatrix>>("", kinds);
  add_operators_of<Traits<PackedInt8Matrix>>("Int8", kinds);
}

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_SEQUENCE_OP_H_
