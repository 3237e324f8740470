#include "emulate/fibres.h"
#include "host/runtime.h"
#include "test/described.h"
#include "test/harness.h"
#include "test/reference.h"

// The kernels of the dual-softmax network on the emulated GPU against
// docs/numerics.md in plain loops, bit for bit.

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

constexpr int kSamplesPerFrame = 7;

/// Inputs of some rows.
struct Inputs {
  size_t rows, samples, frames;
  std::vector<float> conditioning, uniforms, given, previous, state;
  float temperature = 0.9f;

  Inputs(const DualModel &model, size_t row_count, size_t sample_count)
      : rows(row_count), samples(sample_count),
        frames(sample_count / kSamplesPerFrame + 1) {
    Random random(11);
    conditioning = random.numbers(
        rows * frames * static_cast<size_t>(model.network.conditioning_size),
        1);
    uniforms = random.uniforms(rows * 2 * samples);
    for (size_t i = 0; i < rows * samples; i++) {
      given.push_back(static_cast<float>(random.bits() % 65536) / 32768 - 1);
    }
    previous = random.numbers(rows * 2, 1);
    state =
        random.numbers(rows * static_cast<size_t>(model.network.hidden), 0.9f);
  }

  reference::Run expected(const DualModel &model, bool score) const {
    reference::Run all;
    const auto of_row = [&](const std::vector<float> &values, size_t row) {
      return reference::part(values, row * (values.size() / rows),
                             values.size() / rows);
    };
    for (size_t row = 0; row < rows; row++) {
      const reference::Run run = reference::dual_softmax(
          model, of_row(conditioning, row),
          score ? std::vector<float>() : of_row(uniforms, row),
          of_row(given, row), kSamplesPerFrame, temperature,
          of_row(previous, row), of_row(state, row));
      all.audio.insert(all.audio.end(), run.audio.begin(), run.audio.end());
      all.logits.insert(all.logits.end(), run.logits.begin(), run.logits.end());
      all.previous.insert(all.previous.end(), run.previous.begin(),
                          run.previous.end());
      all.state.insert(all.state.end(), run.state.begin(), run.state.end());
    }
    return all;
  }
};

struct Ran {
  reference::Run run;
  cuda::Result result;
  uint32_t status = 99;
};

Ran run(const cuda::PreparedDualSoftmax &prepared, const Inputs &inputs,
        bool score) {
  Ran ran;
  ran.run = {std::vector<float>(inputs.rows * inputs.samples),
             std::vector<float>(inputs.rows * inputs.samples * 512),
             std::vector<float>(inputs.previous.size()),
             std::vector<float>(inputs.state.size())};
  cuda::DualSoftmaxCall call;
  call.rows = static_cast<int64_t>(inputs.rows);
  call.samples = static_cast<int64_t>(inputs.samples);
  call.frames = static_cast<int64_t>(inputs.frames);
  call.conditioning = inputs.conditioning.data();
  call.uniforms = inputs.uniforms.data();
  call.previous = inputs.previous.data();
  call.state = inputs.state.data();
  call.temperature = &inputs.temperature;
  call.next_audio = ran.run.audio.data();
  call.next_previous = ran.run.previous.data();
  call.next_state = ran.run.state.data();
  call.given = score ? inputs.given.data() : nullptr;
  call.logits = ran.run.logits.data();
  call.status = &ran.status;
  const auto workspace =
      spoiled_memory(prepared.workspace(call.rows, call.samples, call.frames));
  ran.result = prepared.launch(call, workspace.get(), nullptr);
  return ran;
}

std::unique_ptr<cuda::PreparedDualSoftmax>
prepared(const DualModel &model, const cuda::Options &options) {
  const DescribedDual described(model, kSamplesPerFrame);
  std::unique_ptr<cuda::PreparedDualSoftmax> of;
  const cuda::Result result =
      cuda::prepare(described.network, options, "test", nullptr, of);
  CHECK_EQUAL(std::string(), result.message);
  return of;
}

void check(const std::string &what, const DualModel &model,
           const cuda::Options &options, size_t rows, size_t samples) {
  const auto of = prepared(model, options);
  if (of == nullptr)
    return;
  const Inputs inputs(model, rows, samples);
  for (const bool score : {false, true}) {
    const reference::Run expected = inputs.expected(model, score);
    for (const uint64_t seed : {1, 2}) {
      emulate::machine().seed = seed;
      const Ran ran = run(*of, inputs, score);
      CHECK_EQUAL(std::string(), ran.result.message);
      CHECK_EQUAL(int64_t{0}, int64_t{ran.status});
      const std::string name =
          what + (score ? ", score" : "") + ", seed " + std::to_string(seed);
      if (!score)
        CHECK_SAME_BITS(name + ": audio", expected.audio, ran.run.audio);
      CHECK_SAME_BITS(name + ": logits", expected.logits, ran.run.logits);
      CHECK_SAME_BITS(name + ": previous", expected.previous, ran.run.previous);
      CHECK_SAME_BITS(name + ": state", expected.state, ran.run.state);
    }
  }
}

cuda::Options options_of(cuda::Variant variant, int rows, int threads = 64) {
  cuda::Options options;
  options.variant = variant;
  options.most_rows = rows;
  options.threads = threads;
  options.most_polls = 20000;
  return options;
}

} // namespace

WB_TEST(rows_and_variants) {
  for (const Arithmetic as : {Arithmetic::kF32, Arithmetic::kInt8}) {
    const DualModel model(3, 38, 5, 24, 20, 1, 1, 0.3, as);
    for (const cuda::Variant variant :
         {cuda::Variant::kPackets, cuda::Variant::kCluster}) {
      for (const size_t rows : {1, 3, 7}) {
        check(std::string(as == Arithmetic::kInt8 ? "int8 " : "f32 ") +
                  std::to_string(rows) + " rows, variant " +
                  std::to_string(static_cast<int>(variant)),
              model, options_of(variant, static_cast<int>(rows)), rows, 10);
      }
    }
  }
}

int main() { return run_all(); }
