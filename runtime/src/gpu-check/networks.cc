#include "networks.h"

#include <stdexcept>

#include "test/described.h"
#include "test/device_array.h"

namespace wavebridge::gpu_check {
namespace {

using namespace wavebridge::test;

constexpr int kConditioning = 80;
constexpr int kSamplesPerFrame = 240;

void require(const cuda::Result& result) {
  if (!result.ok()) throw std::runtime_error(result.message);
}

cuda::Options options_of(int64_t rows, cuda::Variant variant) {
  cuda::Options options;
  options.most_rows = static_cast<int32_t>(rows);
  options.variant = variant;
  return options;
}

int64_t frames_for(int64_t samples) { return (samples - 1) / kSamplesPerFrame + 1; }

/// The arrays that both operators have on the device.
struct Arrays {
  Arrays(int64_t rows, int64_t samples, size_t draws, size_t previous_values, size_t states,
         size_t number_count)
      : uniforms(static_cast<size_t>(rows * samples) * draws),
        numbers(number_count),
        previous(static_cast<size_t>(rows) * previous_values),
        state(static_cast<size_t>(rows) * states),
        audio(static_cast<size_t>(rows * samples)),
        temperature(std::vector<float>(static_cast<size_t>(rows), 1.0f)),
        status(std::vector<uint32_t>{0}),
        workspace(size_t{0}) {}

  void draw(uint64_t seed) {
    Random random(seed);
    uniforms.set(random.uniforms(uniforms.size()));
    numbers.set(random.numbers(numbers.size(), 1));
    previous.set(random.numbers(previous.size(), 1));
    state.set(random.numbers(state.size(), 0.9f));
  }

  DeviceArray<float> uniforms, numbers, previous, state, audio, temperature;
  DeviceArray<uint32_t> status;
  DeviceArray<unsigned char> workspace;
};

template <typename Call>
Call call_of(const Arrays& arrays, int64_t rows, int64_t samples) {
  Call call;
  call.rows = rows;
  call.samples = samples;
  call.frames = frames_for(samples);
  call.uniforms = arrays.uniforms.data();
  call.previous = call.next_previous = arrays.previous.data();
  call.state = call.next_state = arrays.state.data();
  call.temperature = arrays.temperature.data();
  call.next_audio = arrays.audio.data();
  call.status = arrays.status.data();
  return call;
}

/// A generator that keeps what it needs.
template <typename Prepared, typename Call>
Generator generator(std::shared_ptr<Prepared> prepared, std::shared_ptr<Arrays> arrays,
                    const Call& call, int64_t samples, int64_t steps) {
  arrays->workspace =
      DeviceArray<unsigned char>(prepared->workspace(call.rows, call.samples, call.frames));
  return {.layout = prepared->layout(),
          .samples = samples,
          .steps = steps,
          .draw = [arrays](uint64_t seed) { arrays->draw(seed); },
          .queue = [prepared, arrays,
                    call] { require(prepared->launch(call, arrays->workspace.data(), nullptr)); },
          .status = [arrays] { return arrays->status.values()[0]; }};
}

constexpr int kHorizon = 7, kChunk = 1;

DualModel dual_model(const Size& size) {
  const int half = size.hidden / 2;
  const Arithmetic as = size.int8 ? Arithmetic::kInt8 : Arithmetic::kF32;
  return size.density < 1 ? DualModel(1, size.hidden, kConditioning, half, half, 16, 1,
                                      size.density, as, size.density)
                          : DualModel(1, size.hidden, kConditioning, half, half, 3 * size.hidden,
                                      size.hidden, 1, as);
}

Generator dual(const Size& size, int64_t rows, int64_t samples, cuda::Variant variant,
               bool subscaled) {
  const DualModel model = dual_model(size);
  DescribedDual described(model, kSamplesPerFrame);
  // Without a context network; the lag only decides when rows begin.
  if (subscaled) described.network.subscale.emplace().spec.horizon = kHorizon;
  std::unique_ptr<cuda::PreparedSequence> made;
  require(
      cuda::prepare(described.network, options_of(rows, variant), "dual softmax", nullptr, made));
  const std::shared_ptr<cuda::PreparedSequence> prepared = std::move(made);
  const int64_t sequences = subscaled ? 1 : rows;
  const auto arrays = std::make_shared<Arrays>(
      sequences, samples, 2, 2, static_cast<size_t>(size.hidden),
      static_cast<size_t>(sequences * frames_for(samples) * kConditioning));
  if (subscaled) {
    arrays->previous = DeviceArray<float>(static_cast<size_t>(2 * rows));
    arrays->state = DeviceArray<float>(static_cast<size_t>(rows * size.hidden));
  }
  const int64_t steps =
      subscaled ? (samples - 1) / rows + 1 + (rows - 1) * (kHorizon + kChunk) : samples;
  cuda::SequenceCall call = call_of<cuda::SequenceCall>(*arrays, rows, samples);
  call.by_frame = arrays->numbers.data();
  if (subscaled) {
    call.audio = call.next_audio;
    call.schedule[1] = kChunk;
    call.schedule[3] = steps;
  }
  return generator(prepared, arrays, call, sequences * samples, steps);
}

}  // namespace

Generator dual_softmax(const Size& size, int64_t rows, int64_t samples, cuda::Variant variant) {
  return dual(size, rows, samples, variant, false);
}

Generator subscale(const Size& size, int64_t factor, int64_t samples, cuda::Variant variant) {
  return dual(size, factor, samples, variant, true);
}

Generator residual_gru(const Size& size, int64_t rows, int64_t samples, cuda::Variant variant) {
  const Arithmetic as = size.int8 ? Arithmetic::kInt8 : Arithmetic::kF32;
  const Sparsity sparsity = size.density < 1 ? Sparsity{16, 1, size.density} : Sparsity{};
  const ResidualModel model(1, size.hidden, kConditioning, {32, 32, 32, 32}, size.hidden,
                            size.hidden, 512, 0, as, sparsity);
  const DescribedResidual described(model, kSamplesPerFrame);
  std::unique_ptr<cuda::PreparedSequence> made;
  require(
      cuda::prepare(described.network, options_of(rows, variant), "residual GRU", nullptr, made));
  const std::shared_ptr<cuda::PreparedSequence> prepared = std::move(made);
  const size_t mels = static_cast<size_t>(rows * samples * kConditioning);
  const auto arrays =
      std::make_shared<Arrays>(rows, samples, 1, 1, static_cast<size_t>(2 * size.hidden),
                               mels + static_cast<size_t>(rows * frames_for(samples) * 128));
  cuda::SequenceCall call = call_of<cuda::SequenceCall>(*arrays, rows, samples);
  call.by_sample = arrays->numbers.data();
  call.by_frame = call.by_sample + mels;
  return generator(prepared, arrays, call, rows * samples, samples);
}

}  // namespace wavebridge::gpu_check
