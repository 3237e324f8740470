#include <cmath>
#include <optional>
#include <thread>

#include "dispatch/cpu_level.h"
#include "test/harness.h"
#include "test/reference.h"
#include "test/team_runner.h"

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

/// Counts of rows that run together, and so meet every size of tile.
const std::vector<int32_t> kBatches = {1, 2, 3, 5, 16, 17, 64};

/// Runs of the rows of a batch, one behind the other.
reference::Run join(const std::vector<reference::Run>& runs) {
  reference::Run all;
  for (const reference::Run& run : runs) {
    all.audio.insert(all.audio.end(), run.audio.begin(), run.audio.end());
    all.logits.insert(all.logits.end(), run.logits.begin(), run.logits.end());
    all.previous.insert(all.previous.end(), run.previous.begin(), run.previous.end());
    all.state.insert(all.state.end(), run.state.begin(), run.state.end());
  }
  return all;
}

void check_run(const std::string& name, bool score, const reference::Run& expected,
               const reference::Run& found) {
  if (score) {
    CHECK_SAME_BITS(name + ": logits", expected.logits, found.logits);
  } else {
    CHECK_SAME_BITS(name + ": audio", expected.audio, found.audio);
  }
  CHECK_SAME_BITS(name + ": previous", expected.previous, found.previous);
  CHECK_SAME_BITS(name + ": state", expected.state, found.state);
}

std::vector<float> part(const std::vector<float>& all, size_t index, size_t size) {
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(index * size);
  return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

/// Inputs of a batch of dual-softmax sequences.
struct DualInputs {
  size_t rows, samples, frames;
  std::vector<float> conditioning, uniforms, given, previous, state;
  int samples_per_frame = 7;
  std::vector<float> temperature;

  DualInputs(const DualModel& model, uint64_t seed, size_t row_count, size_t sample_count)
      : rows(row_count), samples(sample_count), frames(sample_count / 7 + 1) {
    Random random(seed);
    conditioning =
        random.numbers(rows * frames * static_cast<size_t>(model.network.conditioning_size), 1);
    uniforms = random.uniforms(rows * 2 * samples);
    for (size_t i = 0; i < rows * samples; i++)
      given.push_back(static_cast<float>(random.bits() % 65536) / 32768 - 1);
    previous = random.numbers(rows * 2, 1);
    state = random.numbers(rows * static_cast<size_t>(model.network.hidden), 0.9f);
    temperature = random.temperatures(rows);
  }

  /// The output of the reference for each row alone.
  reference::Run expected(const DualModel& model, bool score) const {
    std::vector<reference::Run> runs;
    for (size_t row = 0; row < rows; row++) {
      runs.push_back(
          reference::dual_softmax(model, part(conditioning, row, conditioning.size() / rows),
                                  score ? std::vector<float>() : part(uniforms, row, 2 * samples),
                                  part(given, row, samples), samples_per_frame, temperature[row],
                                  part(previous, row, 2), part(state, row, state.size() / rows)));
    }
    return join(runs);
  }

  reference::Run start(bool score) const {
    return {std::vector<float>(rows * samples),
            std::vector<float>(score ? rows * samples * 512 : 0), previous, state};
  }
};

/// Runs samples `from`..`to`, continuing from `run`. Only a single row can
/// be cut.
void run_dual(const Kernels& kernels, const DualModel& model, const DualInputs& inputs, bool score,
              size_t from, size_t to, reference::Run& run, int32_t members = 1) {
  const size_t frame = from / static_cast<size_t>(inputs.samples_per_frame);
  const SequenceRows rows{
      .rows = static_cast<int32_t>(inputs.rows),
      .samples = static_cast<int64_t>(to - from),
      .frames = static_cast<int64_t>(inputs.frames),
      .samples_per_frame = inputs.samples_per_frame,
      .begun = static_cast<int64_t>(from % static_cast<size_t>(inputs.samples_per_frame)),
      .temperature = inputs.temperature.data(),
      .by_frame =
          inputs.conditioning.data() + frame * static_cast<size_t>(model.network.conditioning_size),
      .uniforms = inputs.uniforms.data() + 2 * from,
      .given = inputs.given.data() + from,
      .audio = run.audio.data() + from,
      .logits = score ? run.logits.data() + 512 * from : nullptr,
      .previous = run.previous.data(),
      .state = run.state.data()};
  const auto run_with = [&](const auto& of, const auto& network) {
    return TeamRunner(members, of.dual_softmax.scratch(network, rows.rows))
        .run([&](const Seat& seat) {
          return (score ? of.dual_softmax.score : of.dual_softmax.generate)(network, rows, seat);
        });
  };
  const int64_t taken = model.int8_packed.empty() ? run_with(kernels.f32, model.network)
                                                  : run_with(kernels.int8, model.int8);
  // A team may end early; one goes on.
  const size_t next = from + static_cast<size_t>(taken);
  if (next < to) run_dual(kernels, model, inputs, score, next, to, run);
}

void check_dual(const std::string& what, const DualModel& model, size_t samples, int32_t batch,
                int32_t members = 1) {
  const DualInputs inputs(model, 11, static_cast<size_t>(batch), samples);
  for (const bool score : {false, true}) {
    const reference::Run expected = inputs.expected(model, score);
    for (const Kernels* level : available_levels()) {
      for (const size_t cut : {size_t{0}, size_t{12}, size_t{14}}) {
        if (cut > 0 && batch > 1) continue;
        reference::Run run = inputs.start(score);
        run_dual(*level, model, inputs, score, 0, cut, run);
        run_dual(*level, model, inputs, score, cut, samples, run, members);
        check_run(what + (score ? " score at " : " generate at ") + level->level, score, expected,
                  run);
      }
    }
  }
}

/// `second_state`: what the second GRU begins with, by default random numbers.
void check_residual(const std::string& what, const ResidualModel& model, size_t steps,
                    int32_t batch, int32_t members = 1, std::optional<float> second_state = {}) {
  const ResidualGruNetwork& network = model.network;
  const size_t bands = static_cast<size_t>(network.bands);
  Random random(21);
  const size_t count = static_cast<size_t>(batch);
  const size_t samples = steps * bands;
  const size_t frames = steps / 5 + 1;
  const size_t mel_size = steps * static_cast<size_t>(network.mels);
  const size_t aux_size = frames * static_cast<size_t>(network.aux_sizes[0] + network.aux_sizes[1] +
                                                       network.aux_sizes[2] + network.aux_sizes[3]);
  const size_t draws = samples * static_cast<size_t>(network.head.draws());
  const size_t states = 2 * static_cast<size_t>(network.hidden);
  const auto mels = random.numbers(count * mel_size, 1);
  const auto aux = random.numbers(count * aux_size, 1);
  const auto uniforms = random.uniforms(count * draws);
  const auto given = random.numbers(count * samples, 1);
  const auto previous = random.numbers(count * bands, 1);
  const auto temperature = random.temperatures(count);
  auto state = random.numbers(count * states, 0.9f);
  for (size_t i = 0; i < state.size() && second_state; i++) {
    if (i % states >= states / 2) state[i] = *second_state;
  }
  const size_t outputs = static_cast<size_t>(network.output.weight.rows);
  for (const bool score : {false, true}) {
    std::vector<reference::Run> alone;
    for (size_t row = 0; row < count; row++) {
      alone.push_back(reference::residual_gru(
          model, part(mels, row, mel_size), part(aux, row, aux_size),
          score ? std::vector<float>() : part(uniforms, row, draws), part(given, row, samples), 5,
          temperature[row], part(previous, row, bands), part(state, row, states)));
    }
    const reference::Run expected = join(alone);
    for (const Kernels* level : available_levels()) {
      reference::Run run{std::vector<float>(count * samples),
                         std::vector<float>(count * outputs * steps), previous, state};
      for (size_t from = 0, taken = 0; from < steps; from += taken) {
        const size_t frame = from / 5;
        const SequenceRows rows{
            .rows = batch,
            .samples = static_cast<int64_t>(steps - from),
            .frames = static_cast<int64_t>(frames),
            .samples_per_frame = 5,
            .begun = static_cast<int64_t>(from % 5),
            .temperature = temperature.data(),
            .by_sample = mels.data() + from * static_cast<size_t>(network.mels),
            .by_frame = aux.data() + frame * aux_size / frames,
            .uniforms = uniforms.data() + from * bands * static_cast<size_t>(network.head.draws()),
            .given = given.data() + from * bands,
            .audio = run.audio.data() + from * bands,
            .logits = run.logits.data() + from * outputs,
            .previous = run.previous.data(),
            .state = run.state.data()};
        const auto run_with = [&](const auto& of, const auto& with) {
          return TeamRunner(members, of.residual_gru.scratch(with, batch))
              .run([&](const Seat& seat) {
                return (score ? of.residual_gru.score : of.residual_gru.generate)(with, rows, seat);
              });
        };
        taken = static_cast<size_t>(model.int8_packed.empty() ? run_with(level->f32, network)
                                                              : run_with(level->int8, model.int8));
      }
      check_run(what + (score ? " score at " : " generate at ") + level->level, score, expected,
                run);
    }
  }
}

}  // namespace

WB_TEST(dual_softmax) {
  for (const Arithmetic as : kArithmetics) {
    const std::string what = text(as);
    check_dual(what + "h64 sparse", DualModel(1, 64, 20, 32, 24, 16, 1, 0.3, as), 40, 1);
    check_dual(what + "h10 ragged", DualModel(2, 10, 3, 5, 33, 1, 4, 0.5, as), 40, 1);
    check_dual(what + "h2 smallest", DualModel(3, 2, 1, 1, 1, 1, 1, 1.0, as), 40, 1);
    check_dual(what + "h36 in 4x4", DualModel(4, 36, 17, 16, 16, 4, 4, 0.5, as), 40, 1);
    check_dual(what + "h320 all sparse", DualModel(5, 320, 9, 160, 64, 16, 1, 0.1, as, 0.1), 15, 1);
  }
}

WB_TEST(residual_gru) {
  for (const Arithmetic as : kArithmetics) {
    const std::string what = text(as);
    check_residual(what + "r32 categorical",
                   ResidualModel(1, 32, 8, {4, 4, 4, 4}, 32, 24, 64, 0, as), 30, 1);
    for (const Head& head : heads(10)) {
      check_residual(what + "r19 " + head.row()->attribute,
                     ResidualModel(2, 19, 5, {3, 2, 1, 4}, 17, 18, head, as), 30, 1);
    }
    check_residual(what + "r5 without aux", ResidualModel(3, 5, 1, {0, 0, 0, 0}, 3, 2, 2, 0, as),
                   30, 1);
    check_residual(what + "r8 one logistic", ResidualModel(4, 8, 4, {0, 3, 0, 1}, 8, 8, 3, 1, as),
                   30, 1);
  }
}

WB_TEST(residual_gru_of_bands) {
  for (const Arithmetic as : kArithmetics) {
    const std::string what = text(as);
    for (const int bands : {2, 4, 5}) {
      ResidualModel classes(1, 32, 8, {4, 4, 4, 4}, 32, 24, 33 * bands, 0, as);
      classes.separate(bands);
      for (const int32_t batch : {1, 5}) check_residual(what + "classes", classes, 22, batch);
      check_residual(what + "team", classes, 22, 1, 3);
      ResidualModel mixture(2, 19, 5, {3, 2, 1, 4}, 17, 18, 12 * bands, 4, as);
      mixture.separate(bands);
      check_residual(what + "mixture", mixture, 22, 2);
    }
  }
}

/// A residual GRU network pruned in groups of 1x4, with a second GRU or without.
ResidualModel pruned_model(bool second_gru, Arithmetic arithmetic) {
  return ResidualModel(5, 72, 64, {4, 0, 3, 0}, 48, 48, 128, 0, arithmetic,
                       {1, 4, 0.08, second_gru});
}

WB_TEST(second_gru_without_weights) {
  for (const Arithmetic as : kArithmetics) {
    const std::string what = text(as);
    const ResidualModel sparse = pruned_model(false, as);
    const ResidualModel ragged(6, 21, 5, {3, 0, 2, 4}, 17, 18, 30, 10, as, {0, 0, 1, false});
    for (const float state : {0.0f, -0.0f, 1e-45f, -0.5f}) {
      const std::string from = what + "from " + show(state);
      for (const int32_t batch : {1, 3, 16}) {
        check_residual(from, sparse, 11, batch, 1, state);
        check_residual(from + ", ragged", ragged, 11, batch, 1, state);
      }
      for (const int32_t members : {2, 3}) check_residual(from, sparse, 7, 1, members, state);
    }
    check_residual(what + "from anything", sparse, 11, 3);
  }
}

WB_TEST(rows_with_quads_of_their_own) {
  for (const Arithmetic as : kArithmetics) {
    const std::string what = text(as);
    const ResidualModel model = pruned_model(true, as);
    CHECK(model.network.mel_weight.layout == PanelLayout::kRowQuads);
    CHECK(model.network.gru1_input.weight.layout == PanelLayout::kRowQuads);
    for (const int32_t batch : {1, 5, 16}) check_residual(what, model, 11, batch);
    for (const int32_t members : {2, 3, 4}) check_residual(what + "team", model, 40, 1, members);
    // Heads begin in the middle of the state.
    const DualModel dual(8, 288, 16, 48, 48, 1, 4, 0.08, as, 0.08);
    CHECK(dual.network.recurrent.weight.layout == PanelLayout::kRowQuads);
    for (const int32_t members : {1, 3}) check_dual(what + "dual", dual, 15, 1, members);
    check_dual(what + "dual", dual, 15, 5);
  }
}

WB_TEST(rows_that_share_quads) {
  for (const Arithmetic as : kArithmetics) {
    const std::string what = text(as);
    const DualModel dual(9, 288, 16, 48, 48, 4, 4, 0.2, as, 0.2);
    CHECK(dual.network.recurrent.weight.layout == PanelLayout::kSharedQuads);
    for (const int32_t members : {1, 3}) check_dual(what + "dual", dual, 15, 1, members);
    for (const int32_t batch : {5, 16}) check_dual(what + "dual", dual, 15, batch);
    const ResidualModel model(7, 80, 64, {4, 0, 4, 0}, 48, 48, 128, 0, as, {4, 4, 0.2, true});
    CHECK(model.network.gru1_input.weight.layout == PanelLayout::kSharedQuads);
    for (const int32_t batch : {1, 5}) check_residual(what, model, 11, batch);
    check_residual(what + "team", model, 40, 1, 3);
  }
}

WB_TEST(rows_in_step_give_what_each_gives_alone) {
  for (const Arithmetic as : kArithmetics) {
    const std::string what = text(as);
    const DualModel dual(6, 38, 7, 24, 20, 1, 1, 0.3, as);
    const ResidualModel residual(7, 21, 5, {3, 0, 2, 4}, 17, 18, 16, 0, as);
    for (const int32_t batch : kBatches) {
      const std::string rows = what + std::to_string(batch) + " rows";
      check_dual(rows, dual, 15, batch);
      check_residual(rows, residual, 11, batch);
    }
  }
}

WB_TEST(members_of_a_team_give_what_one_gives) {
  for (const Arithmetic as : kArithmetics) {
    const std::string what = text(as);
    const DualModel dual(6, 134, 7, 70, 52, 1, 1, 0.3, as);
    const DualModel smallest(3, 2, 1, 1, 1, 1, 1, 1.0, as);
    const DualModel in_blocks(5, 320, 9, 160, 64, 16, 1, 0.1, as, 0.1);
    const ResidualModel residual(7, 85, 5, {3, 0, 2, 4}, 37, 38, 48, 0, as);
    for (const int32_t members : {2, 3, 4}) {
      const std::string team = what + std::to_string(members) + " members";
      check_dual(team, dual, 20, 1, members);
      check_dual(team + ", blocks", in_blocks, 16, 1, members);
      check_residual(team, residual, 7, 1, members);
      for (const Head& head : heads(10)) {
        check_residual(team + ", " + head.row()->attribute,
                       ResidualModel(2, 19, 5, {3, 2, 1, 4}, 17, 18, head, as), 7, 1, members);
      }
    }
    check_dual(what + "more members than work", smallest, 16, 1, kMostMembers);
  }
}

WB_TEST(random_shapes) {
  const std::vector<std::pair<int, int>> shapes = {{16, 1}, {8, 1}, {4, 4}, {1, 4}, {1, 8}, {3, 5}};
  Random random(31);
  const auto below = [&](int limit) {
    return static_cast<int>(random.bits() % static_cast<uint32_t>(limit));
  };
  for (size_t i = 0; i < 60; i++) {
    const auto& [height, width] = shapes[i % shapes.size()];
    const double density = below(6) / 5.0;
    const Arithmetic as = kArithmetics[i / shapes.size() % 3];
    const int32_t batch = below(3) == 0 ? 1 + below(64) : 1;
    const std::string what = "shape " + std::to_string(i);
    const int hidden = 2 * height * (1 + below(70 / height));
    // The rows of 256 classes cannot be cut into blocks of 3.
    const double heads = height == 3 || below(2) == 0 ? 1 : density;
    const int coarse = height * (1 + below(40 / height)), fine = height * (1 + below(40 / height));
    check_dual(what,
               DualModel(i, hidden, 1 + below(30), coarse, fine, height, width, density, as, heads),
               15, batch);
    // Every other matrix can be cut into blocks; the others are dense.
    const auto size = [&, rows = height](int limit) {
      return below(2) == 0 ? rows * (1 + below(limit / rows)) : 1 + below(limit);
    };
    const std::vector<int> aux = {below(5), below(5), below(5), below(5)};
    const std::vector<int> sizes = {size(60), 1 + below(20), size(40), size(40), 1 + size(100)};
    const int mixtures = below(2) == 0 ? 0 : 1 + below(20);
    check_residual(what,
                   ResidualModel(i, sizes[0], sizes[1], aux, sizes[2], sizes[3],
                                 mixtures > 0 ? 3 * mixtures : sizes[4], mixtures, as,
                                 {height, width, density}),
                   11, batch);
  }
}

WB_TEST(given_samples_that_are_no_numbers) {
  const DualModel model(5, 8, 2, 4, 4, 8, 1, 1.0);
  DualInputs inputs(model, 3, 1, 6);
  inputs.given = {NAN, INFINITY, -INFINITY, 5.0f, -5.0f, 0.0f};
  const reference::Run expected = inputs.expected(model, true);
  for (const Kernels* level : available_levels()) {
    reference::Run run = inputs.start(true);
    run_dual(*level, model, inputs, true, 0, 6, run);
    CHECK_SAME_BITS(level->level, expected.logits, run.logits);
  }
}

WB_TEST(nothing_but_nan_still_ends) {
  const DualModel model(6, 20, 3, 7, 7, 1, 4, 0.5);
  DualInputs inputs(model, 3, 1, 20);
  inputs.state.assign(20, NAN);
  inputs.uniforms.assign(40, NAN);
  for (const Kernels* level : available_levels()) {
    reference::Run run = inputs.start(false);
    run_dual(*level, model, inputs, false, 0, 20, run);
    CHECK_SAME_BITS(level->level, std::vector<float>(20, -1.0f), run.audio);
  }
}

WB_TEST(int8_with_a_state_out_of_bounds) {
  const DualModel model(6, 20, 3, 7, 7, 1, 4, 0.5, Arithmetic::kInt8);
  DualInputs inputs(model, 3, 1, 20);
  inputs.state[3] = 7.0f;
  inputs.state[18] = -1e30f;
  const reference::Run expected = inputs.expected(model, false);
  for (const Kernels* level : available_levels()) {
    reference::Run run = inputs.start(false);
    run_dual(*level, model, inputs, false, 0, 20, run);
    check_run(level->level, false, expected, run);
  }
}

WB_TEST(int8_with_nothing_but_nan_still_ends) {
  const DualModel model(6, 20, 3, 7, 7, 1, 4, 0.5, Arithmetic::kInt8);
  DualInputs inputs(model, 3, 1, 20);
  inputs.state.assign(20, NAN);
  inputs.conditioning.assign(inputs.conditioning.size(), INFINITY);
  for (const Kernels* level : available_levels()) {
    reference::Run run = inputs.start(false);
    run_dual(*level, model, inputs, false, 0, 20, run);
    for (const float value : run.audio) CHECK(value >= -1.0f && value < 1.0f);
  }
}

WB_TEST(no_samples_leave_state_alone) {
  const DualModel model(7, 12, 3, 7, 7, 1, 4, 0.5);
  const DualInputs inputs(model, 3, 3, 1);
  for (const Kernels* level : available_levels()) {
    reference::Run run = inputs.start(false);
    run_dual(*level, model, inputs, false, 0, 0, run);
    CHECK_SAME_BITS(level->level, inputs.state, run.state);
  }
}

WB_TEST(threads_do_not_disturb_each_other) {
  for (const Arithmetic as : kArithmetics) {
    const DualModel model(8, 48, 16, 16, 16, 16, 1, 0.5, as);
    const DualInputs inputs(model, 9, 1, 100);
    const Kernels& kernels = *available_levels().back();
    std::vector<reference::Run> runs(4, inputs.start(false));
    std::vector<std::thread> threads;
    for (auto& run : runs) {
      threads.emplace_back([&] { run_dual(kernels, model, inputs, false, 0, 100, run); });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& run : runs) CHECK_SAME_BITS("audio", runs[0].audio, run.audio);
  }
}

WB_TEST(scratch_of_rows_together_is_no_more_than_of_each_alone) {
  const DualModel dual(6, 38, 7, 24, 20, 1, 1, 0.3, Arithmetic::kInt8);
  const ResidualModel residual(7, 21, 5, {3, 0, 2, 4}, 17, 18, 16, 0, Arithmetic::kInt8);
  for (const Kernels* level : available_levels()) {
    for (const int32_t batch : kBatches) {
      const size_t rows = static_cast<size_t>(batch);
      const auto check_scratch = [&](const auto& of, const auto& a, const auto& b) {
        CHECK(of.dual_softmax.scratch(a, batch).shared <=
              rows * of.dual_softmax.scratch(a, 1).shared);
        CHECK(of.dual_softmax.scratch(a, batch).own <= rows * of.dual_softmax.scratch(a, 1).own);
        CHECK(of.residual_gru.scratch(b, batch).shared <=
              rows * of.residual_gru.scratch(b, 1).shared);
        CHECK(of.residual_gru.scratch(b, batch).own <= rows * of.residual_gru.scratch(b, 1).own);
      };
      check_scratch(level->f32, dual.network, residual.network);
      check_scratch(level->int8, dual.int8, residual.int8);
    }
  }
}

int main() { return run_all(); }
