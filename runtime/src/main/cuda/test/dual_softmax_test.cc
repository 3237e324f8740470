#include <cmath>
#include <cstdlib>

#include "test/kernel_case.h"

// The kernels of the dual-softmax network on the emulated GPU against
// docs/numerics.md in plain loops, bit for bit.

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

constexpr int kSamplesPerFrame = 7;

/// Inputs of some rows.
struct Inputs {
  size_t rows, samples, frames;
  std::vector<float> conditioning, uniforms, given, previous, state, temperature;

  Inputs(const DualModel& model, size_t row_count, size_t sample_count)
      : rows(row_count), samples(sample_count), frames(sample_count / kSamplesPerFrame + 1) {
    Random random(11);
    conditioning =
        random.numbers(rows * frames * static_cast<size_t>(model.network.conditioning_size), 1);
    uniforms = random.uniforms(rows * 2 * samples);
    for (size_t i = 0; i < rows * samples; i++) {
      given.push_back(static_cast<float>(random.bits() % 65536) / 32768 - 1);
    }
    previous = random.numbers(rows * 2, 1);
    state = random.numbers(rows * static_cast<size_t>(model.network.hidden), 0.9f);
    temperature = random.temperatures(rows);
  }

  reference::Run expected(const DualModel& model, bool score) const {
    reference::Run all;
    for (size_t row = 0; row < rows; row++) {
      append(reference::dual_softmax(model, of_row(conditioning, row, rows),
                                     score ? std::vector<float>() : of_row(uniforms, row, rows),
                                     of_row(given, row, rows), kSamplesPerFrame, temperature[row],
                                     of_row(previous, row, rows), of_row(state, row, rows)),
             all);
    }
    return all;
  }
};

struct Ran {
  reference::Run run;
  cuda::Result result;
  uint32_t status = 99;
};

Ran run(const cuda::PreparedSequence& prepared, const Inputs& inputs, bool score) {
  const DeviceArray conditioning(inputs.conditioning), uniforms(inputs.uniforms),
      given(inputs.given);
  const DeviceArray previous(inputs.previous), state(inputs.state), temperature(inputs.temperature);
  const DeviceArray<float> audio(inputs.rows * inputs.samples),
      logits(inputs.rows * inputs.samples * 512);
  const DeviceArray<float> next_previous(previous.size()), next_state(state.size());
  const DeviceArray<uint32_t> status(std::vector<uint32_t>{99});
  cuda::SequenceCall call;
  call.rows = static_cast<int64_t>(inputs.rows);
  call.samples = static_cast<int64_t>(inputs.samples);
  call.frames = static_cast<int64_t>(inputs.frames);
  call.by_frame = conditioning.data();
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
  const DeviceArray workspace(
      std::vector<unsigned char>(prepared.workspace(call.rows, call.samples, call.frames), 0xff));
  const cuda::Result result = prepared.launch(call, workspace.data(), nullptr);
  return {{audio.values(), logits.values(), next_previous.values(), next_state.values()},
          result,
          status.values()[0]};
}

std::unique_ptr<cuda::PreparedSequence> prepared(const DualModel& model,
                                                 const cuda::Options& options) {
  const DescribedDual described(model, kSamplesPerFrame);
  std::unique_ptr<cuda::PreparedSequence> of;
  const cuda::Result result = cuda::prepare(described.network, options, "test", nullptr, of);
  CHECK_EQUAL(std::string(), result.message);
  return of;
}

void check(const std::string& what, const DualModel& model, const cuda::Options& options,
           size_t rows, size_t samples, uint64_t seeds = 1) {
  const auto of = prepared(model, options);
  if (of == nullptr) return;
  const Inputs inputs(model, rows, samples);
  for (const bool score : {false, true}) {
    const reference::Run expected = inputs.expected(model, score);
    for (uint64_t seed = 1; seed <= seeds; seed++) {
      const Emulated machine(seed);
      const Ran ran = run(*of, inputs, score);
      const std::string name = what + (score ? ", score" : "") + ", seed " + std::to_string(seed);
      check_good(name, ran.result, ran.status);
      check_run(name, score, expected, ran.run);
    }
  }
}

constexpr cuda::Variant kVariants[] = {cuda::Variant::kPackets, cuda::Variant::kCluster};

}  // namespace

WB_TEST(rows_and_variants) {
  for (const Arithmetic as : kArithmetics) {
    const DualModel model(3, 38, 5, 24, 20, 1, 1, 0.3, as);
    for (const cuda::Variant variant : kVariants) {
      for (const size_t rows : {1, 3, 7}) {
        check(text(as) + name_of(variant) + ", " + std::to_string(rows) + " rows", model,
              options_of(variant, rows), rows, 8);
      }
    }
  }
}

WB_TEST(orders_of_threads) {
  for (const Arithmetic as : kArithmetics) {
    const DualModel model(4, 10, 3, 5, 33, 1, 4, 0.5, as);
    for (const cuda::Variant variant : kVariants) {
      check(text(as) + name_of(variant), model, options_of(variant, 2, 64, 3), 2, 9, 6);
    }
  }
}

WB_TEST(sizes_and_blocks) {
  struct Sizes {
    int hidden, conditioning, coarse, fine, height, width;
    double density;
  };
  // Units that fill no group, halves that are aligned and not, blocks of every shape, an empty
  // matrix.
  const Sizes all[] = {{2, 0, 1, 3, 1, 1, 1},       {64, 9, 32, 48, 96, 64, 1},
                       {96, 4, 70, 16, 16, 1, 0.1}, {36, 6, 20, 31, 4, 4, 0.2},
                       {24, 3, 8, 9, 1, 1, 0},      {130, 2, 33, 40, 6, 5, 0.3}};
  for (const Arithmetic as : kArithmetics) {
    for (const Sizes& of : all) {
      const DualModel model(7, of.hidden, of.conditioning, of.coarse, of.fine, of.height, of.width,
                            of.density, as);
      for (const cuda::Variant variant : kVariants) {
        check(text(as) + name_of(variant) + ", H = " + std::to_string(of.hidden), model,
              options_of(variant, 1, 32, 5), 1, 8);
      }
    }
  }
}

WB_TEST(more_rows_than_were_announced) {
  const DualModel model(3, 18, 5, 8, 9, 1, 1, 0.3);
  for (const cuda::Variant variant : kVariants)
    check(name_of(variant), model, options_of(variant, 2), 5, 4);
}

WB_TEST(more_rows_than_a_group_has) {
  const DualModel model(3, 18, 5, 8, 9, 1, 1, 0.3, Arithmetic::kInt8);
  for (const cuda::Variant variant : kVariants) {
    // Two groups at once, and one after the other.
    for (const int blocks : {6, 1}) {
      check(name_of(variant) + ", " + std::to_string(blocks) + " blocks", model,
            options_of(variant, 40, 64, blocks), 40, 4);
      check(name_of(variant) + ", fewer rows", model, options_of(variant, 40, 64, blocks), 17, 4);
    }
  }
}

#ifndef WAVEBRIDGE_ON_A_GPU
// Tests that need a machine which can be made smaller, or broken.

WB_TEST(weights_that_do_not_fit_are_streamed) {
  const DualModel model(5, 64, 5, 48, 40, 1, 1, 1);
  const auto before = cuda::runtime::emulated_limits();
  cuda::runtime::emulated_limits().shared_bytes = 26000;
  for (const cuda::Variant variant : kVariants) {
    const auto of = prepared(model, options_of(variant, 1, 64, 2));
    CHECK(of != nullptr && of->layout().streamed_bytes > 0 && of->layout().resident_bytes > 0);
    check("streamed, " + name_of(variant), model, options_of(variant, 1, 64, 2), 1, 6);
  }
  cuda::runtime::emulated_limits().shared_bytes = 3000;
  const DescribedDual described(model, kSamplesPerFrame);
  std::unique_ptr<cuda::PreparedSequence> none;
  const auto result = cuda::prepare(described.network, options_of(cuda::Variant::kAuto, 1),
                                    "node 'x'", nullptr, none);
  cuda::runtime::emulated_limits() = before;
  CHECK(none == nullptr && result.status == cuda::Status::kBadArgument);
  CHECK_EQUAL(std::string("node 'x': the network's vectors do not fit the 3000 bytes of shared "
                          "memory that a block of this "
                          "GPU may have"),
              result.message);
}

WB_TEST(a_missing_block_ends_in_a_status) {
  const DualModel model(3, 38, 5, 24, 20, 1, 1, 0.3);
  cuda::Options options = options_of(cuda::Variant::kPackets, 1);
  options.most_polls = 300;
  const auto of = prepared(model, options);
  const Inputs inputs(model, 1, 5);
  for (const int missing : {0, 3}) {
    const Emulated machine(1, missing);
    const Ran ran = run(*of, inputs, false);
    CHECK(ran.result.ok());
    CHECK_EQUAL(static_cast<int64_t>(cuda::Status::kExchangeTimedOut), int64_t{ran.status});
  }
  // The next call has nothing of it.
  const Ran ran = run(*of, inputs, false);
  check_good("after", ran.result, ran.status);
  check_run("after", false, inputs.expected(model, false), ran.run);
}

WB_TEST(more_blocks_than_run_at_once_are_refused) {
  const DualModel model(3, 38, 5, 24, 20, 1, 1, 0.3);
  const auto of = prepared(model, options_of(cuda::Variant::kPackets, 1));
  const auto before = cuda::runtime::emulated_limits();
  cuda::runtime::emulated_limits().multiprocessors = 3;
  const Ran ran = run(*of, Inputs(model, 1, 5), false);
  cuda::runtime::emulated_limits() = before;
  CHECK(ran.result.status == cuda::Status::kNotResident);
}

#endif

WB_TEST(bad_temperatures) {
  const DualModel model(3, 10, 2, 3, 4, 1, 1, 1);
  for (const cuda::Variant variant : kVariants) {
    const auto of = prepared(model, options_of(variant, 1));
    for (const float temperature : {0.0f, -1.0f, std::nanf(""), INFINITY}) {
      Inputs inputs(model, 2, 5);
      inputs.temperature[1] = temperature;
      const Ran ran = run(*of, inputs, false);
      CHECK(ran.result.ok());
      CHECK_EQUAL(static_cast<int64_t>(cuda::Status::kBadTemperature), int64_t{ran.status});
    }
  }
}

WB_TEST(nothing_to_make) {
  const DualModel model(3, 10, 2, 3, 4, 1, 1, 1);
  const auto of = prepared(model, options_of(cuda::Variant::kAuto, 1));
  const Inputs inputs(model, 1, 0);
  const Ran ran = run(*of, inputs, false);
  check_good("no samples", ran.result, ran.status);
  CHECK_SAME_BITS("previous", inputs.previous, ran.run.previous);
  CHECK_SAME_BITS("state", inputs.state, ran.run.state);
}

#ifdef WAVEBRIDGE_ON_A_GPU
WB_TEST(large_networks) {
  // A checked kernel is slow.
  if (std::getenv("WAVEBRIDGE_SMALL") != nullptr) return;
  for (const Arithmetic as : kArithmetics) {
    const DualModel dense(1, 896, 80, 448, 448, 2688, 896, 1, as);
    const DualModel sparse(2, 1024, 80, 512, 512, 16, 1, 0.05, as, 0.1);
    for (const cuda::Variant variant : {cuda::Variant::kPackets, cuda::Variant::kAuto}) {
      for (const size_t rows : {1, 16, 64}) {
        const std::string what = text(as) + "variant " + std::to_string(static_cast<int>(variant)) +
                                 ", " + std::to_string(rows) + " rows, ";
        check(what + "dense", dense, options_of(variant, rows, 512), rows, 16);
        check(what + "sparse", sparse, options_of(variant, rows, 512), rows, 16);
      }
    }
  }
}
#endif

int main() { return run_all(); }
