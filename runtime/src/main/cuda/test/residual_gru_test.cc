#include <cstdlib>

#include "test/kernel_case.h"

// The kernels of the residual GRU network on the emulated GPU against docs/numerics.md in plain
// loops, bit for bit.

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

constexpr int kSamplesPerFrame = 5;
constexpr cuda::Variant kVariants[] = {cuda::Variant::kPackets, cuda::Variant::kCluster};

/// Inputs of some rows.
struct Inputs {
  size_t rows, samples, frames, draws;
  std::vector<float> mels, aux, uniforms, given, previous, state, temperature;

  Inputs(const ResidualModel& model, size_t row_count, size_t sample_count)
      : rows(row_count),
        samples(sample_count),
        frames(sample_count / kSamplesPerFrame + 1),
        draws(static_cast<size_t>(model.network.head.draws())) {
    Random random(12);
    size_t aux_size = 0;
    for (const int32_t size : model.network.aux_sizes) aux_size += static_cast<size_t>(size);
    mels = random.numbers(rows * samples * static_cast<size_t>(model.network.mels), 1);
    aux = random.numbers(rows * frames * aux_size, 1);
    uniforms = random.uniforms(rows * samples * draws);
    given = random.numbers(rows * samples, 1);
    previous = random.numbers(rows, 1);
    state = random.numbers(rows * 2 * static_cast<size_t>(model.network.hidden), 0.9f);
    temperature = random.temperatures(rows);
  }

  reference::Run expected(const ResidualModel& model, bool score) const {
    reference::Run all;
    for (size_t row = 0; row < rows; row++) {
      append(reference::residual_gru(model, of_row(mels, row, rows), of_row(aux, row, rows),
                                     score ? std::vector<float>() : of_row(uniforms, row, rows),
                                     of_row(given, row, rows), kSamplesPerFrame, temperature[row],
                                     of_row(previous, row, rows), of_row(state, row, rows)),
             all);
    }
    return all;
  }
};

void check(const std::string& what, const ResidualModel& model, const cuda::Options& options,
           size_t rows, size_t samples, uint64_t seeds = 1,
           const std::vector<float>& class_values = {}) {
  DescribedResidual described(model, kSamplesPerFrame);
  described.network.head.class_values = class_values.data();
  described.network.class_value_count = static_cast<int64_t>(class_values.size());
  std::unique_ptr<cuda::PreparedSequence> prepared;
  check_good(what, cuda::prepare(described.network, options, "test", nullptr, prepared), 0);
  if (prepared == nullptr) return;
  const Inputs inputs(model, rows, samples);
  const size_t classes = static_cast<size_t>(model.network.output.weight.rows);
  for (const bool score : {false, true}) {
    const reference::Run expected = inputs.expected(model, score);
    for (uint64_t seed = 1; seed <= seeds; seed++) {
      const Emulated machine(seed);
      const DeviceArray mels(inputs.mels), aux(inputs.aux), uniforms(inputs.uniforms),
          given(inputs.given);
      const DeviceArray previous(inputs.previous), state(inputs.state);
      const DeviceArray temperature(inputs.temperature);
      const DeviceArray<float> audio(rows * samples), logits(rows * samples * classes);
      const DeviceArray<float> next_previous(rows), next_state(state.size());
      const DeviceArray<uint32_t> status(std::vector<uint32_t>{99});
      cuda::SequenceCall call;
      call.rows = static_cast<int64_t>(rows);
      call.samples = static_cast<int64_t>(samples);
      call.frames = static_cast<int64_t>(inputs.frames);
      call.by_sample = mels.data();
      call.by_frame = aux.data();
      call.uniforms = uniforms.data();
      call.previous = previous.data();
      call.state = state.data();
      call.temperature = temperature.data();
      call.next_audio = audio.data();
      call.next_previous = next_previous.data();
      call.next_state = next_state.data();
      call.given = score ? given.data() : nullptr;
      call.logits = logits.data();
      call.status = status.data();
      const DeviceArray workspace(std::vector<unsigned char>(
          prepared->workspace(call.rows, call.samples, call.frames), 0xff));
      const std::string name = what + (score ? ", score" : "") + ", seed " + std::to_string(seed);
      const cuda::Result result = prepared->launch(call, workspace.data(), nullptr);
      check_good(name, result, status.values()[0]);
      const reference::Run run = {audio.values(), logits.values(), next_previous.values(),
                                  next_state.values()};
      // The reference knows no values of classes, but what follows from the first of them can be
      // told.
      if (!class_values.empty() && !score) {
        size_t known = 0;
        for (const float value : run.audio) {
          for (const float of_class : class_values) known += same_bits(value, of_class) ? 1 : 0;
        }
        CHECK_EQUAL(static_cast<int64_t>(run.audio.size()), static_cast<int64_t>(known));
        continue;
      }
      check_run(name, score, expected, run);
    }
  }
}

}  // namespace

WB_TEST(heads_and_variants) {
  for (const Arithmetic as : kArithmetics) {
    const auto check_variants = [&](const char* head, const ResidualModel& model) {
      for (const cuda::Variant variant : kVariants) {
        for (const size_t rows : {1, 3}) {
          check(text(as) + name_of(variant) + ", " + head + ", " + std::to_string(rows) + " rows",
                model, options_of(variant, rows), rows, 8);
        }
      }
    };
    check_variants("classes", ResidualModel(7, 21, 5, {3, 2, 1, 4}, 17, 18, 40, 0, as));
    for (const Head& head : heads(10)) {
      check_variants(head.row()->attribute,
                     ResidualModel(7, 21, 5, {3, 2, 1, 4}, 17, 18, head, as));
    }
  }
}

WB_TEST(orders_of_threads) {
  for (const Arithmetic as : kArithmetics) {
    const ResidualModel model(8, 10, 3, {1, 1, 1, 1}, 8, 9, 33, 0, as);
    for (const cuda::Variant variant : kVariants) {
      check(text(as) + name_of(variant), model, options_of(variant, 2, 64, 3), 2, 7, 5);
    }
  }
}

WB_TEST(sizes) {
  for (const Arithmetic as : kArithmetics) {
    const auto name = [&](const char* what) { return text(as) + what; };
    const cuda::Options options = options_of(cuda::Variant::kPackets, 1, 32, 4);
    check(name("smallest"), ResidualModel(1, 1, 1, {0, 0, 0, 0}, 1, 1, 2, 0, as), options, 1, 6);
    check(name("without aux"), ResidualModel(2, 16, 4, {0, 0, 0, 0}, 16, 8, 256, 0, as), options, 1,
          6);
    check(name("many classes"), ResidualModel(3, 24, 4, {0, 2, 0, 2}, 9, 8, 1025, 0, as), options,
          1, 5);
    check(name("sparse"), ResidualModel(4, 48, 4, {2, 2, 2, 2}, 32, 16, 64, 0, as, {16, 1, 0.1}),
          options, 1, 6);
    check(name("many mixtures"), ResidualModel(5, 9, 2, {0, 0, 1, 0}, 7, 8, 120, 40, as), options,
          1, 5);
  }
}

WB_TEST(many_rows) {
  const ResidualModel model(9, 12, 3, {2, 1, 0, 1}, 9, 8, 30, 10, Arithmetic::kInt8);
  for (const cuda::Variant variant : kVariants)
    check(name_of(variant), model, options_of(variant, 20), 20, 4);
}

WB_TEST(values_of_classes) {
  const ResidualModel model(9, 12, 3, {2, 1, 0, 1}, 9, 8, 4, 0);
  check("four values", model, options_of(cuda::Variant::kAuto, 1), 1, 9, 1,
        {-0.75f, -0.125f, 0.25f, 0.5f});
}

#ifdef WAVEBRIDGE_ON_A_GPU
WB_TEST(large_networks) {
  // A checked kernel is slow.
  if (std::getenv("WAVEBRIDGE_SMALL") != nullptr) return;
  for (const Arithmetic as : kArithmetics) {
    const ResidualModel model(1, 512, 80, {32, 32, 32, 32}, 512, 512, 512, 0, as);
    const ResidualModel mixture(2, 512, 80, {32, 32, 32, 32}, 512, 512, 30, 10, as, {16, 1, 0.1});
    for (const size_t rows : {1, 16, 64}) {
      const std::string what = text(as) + std::to_string(rows) + " rows, ";
      check(what + "classes", model, options_of(cuda::Variant::kAuto, rows, 512), rows, 12);
      check(what + "mixture, sparse", mixture, options_of(cuda::Variant::kPackets, rows, 512), rows,
            12);
    }
  }
}
#endif

int main() { return run_all(); }
