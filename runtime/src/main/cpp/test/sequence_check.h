#ifndef WAVEBRIDGE_TEST_SEQUENCE_CHECK_H_
#define WAVEBRIDGE_TEST_SEQUENCE_CHECK_H_

#include <string>
#include <utility>
#include <vector>

#include "dispatch/cpu_level.h"
#include "test/harness.h"
#include "test/reference.h"
#include "test/team_runner.h"

namespace wavebridge::test {

/// The sequences of a network. Of each there is conditioning for a frame more than its steps need.
struct SequenceShape {
  size_t steps_per_frame;
  size_t conditioning;  ///< values of a frame
  size_t samples = 1;   ///< of a step
  size_t draws;         ///< uniforms of a step
  size_t outputs;       ///< of a step
};

/// Runs steps `from`..`to` of a batch of `rows` sequences of `steps`, of which only one row can be
/// cut. `kernels_of(level.f32)` and `kernels_of(level.int8)` are those of the network.
template <typename Model, typename Inputs, typename KernelsOf>
void take_steps(const Kernels& level, const Model& model, const SequenceShape& shape,
                const KernelsOf& kernels_of, const Inputs& inputs, size_t rows, size_t steps,
                size_t from, size_t to, bool score, int32_t members, reference::Run& run) {
  const size_t per_frame = shape.steps_per_frame;
  for (size_t taken = 0; from < to; from += taken, members = 1) {
    const SequenceRows batch{
        .rows = static_cast<int32_t>(rows),
        .samples = static_cast<int64_t>(to - from),
        .frames = static_cast<int64_t>(steps / per_frame + 1),
        .samples_per_frame = static_cast<int64_t>(per_frame),
        .begun = static_cast<int64_t>(from % per_frame),
        .temperature = inputs.temperature.data(),
        .by_frame = inputs.conditioning.data() + from / per_frame * shape.conditioning,
        .uniforms = inputs.uniforms.data() + from * shape.draws,
        .given = inputs.given.data() + from * shape.samples,
        .audio = run.audio.data() + from * shape.samples,
        .logits = run.logits.data() + from * shape.outputs,
        .previous = run.previous.data(),
        .state = run.state.data()};
    const auto run_with = [&](const auto& of, const auto& network) {
      const auto& kernels = kernels_of(of);
      return TeamRunner(members, kernels.scratch(network, batch.rows)).run([&](const Seat& seat) {
        return (score ? kernels.score : kernels.generate)(network, batch, seat);
      });
    };
    taken = static_cast<size_t>(model.int8_packed.empty() ? run_with(level.f32, model.network)
                                                          : run_with(level.int8, model.int8));
  }
}

/// Compares the kernels of every level, in a call up to step `cut` and one from there on, with
/// `expect(row, score, run)`, which adds what plain loops make of a row.
template <typename Model, typename Inputs, typename KernelsOf, typename Expect>
void check_sequences(const std::string& what, const Model& model, const SequenceShape& shape,
                     const KernelsOf& kernels_of, const Expect& expect, const Inputs& inputs,
                     size_t rows, size_t steps, size_t cut, int32_t members) {
  for (const bool score : {false, true}) {
    reference::Run expected;
    for (size_t row = 0; row < rows; row++) expect(row, score, expected);
    for (const Kernels* level : available_levels()) {
      reference::Run run{std::vector<float>(expected.audio.size()),
                         std::vector<float>(expected.logits.size()), inputs.previous, inputs.state};
      for (const auto& [from, to] : {std::pair{size_t{0}, cut}, std::pair{cut, steps}}) {
        take_steps(*level, model, shape, kernels_of, inputs, rows, steps, from, to, score, members,
                   run);
      }
      const std::string name = what + (score ? " score at " : " generate at ") + level->level;
      if (score) {
        CHECK_SAME_BITS(name + ": logits", expected.logits, run.logits);
      } else {
        CHECK_SAME_BITS(name + ": audio", expected.audio, run.audio);
      }
      CHECK_SAME_BITS(name + ": previous", expected.previous, run.previous);
      CHECK_SAME_BITS(name + ": state", expected.state, run.state);
    }
  }
}

}  // namespace wavebridge::test

#endif  // WAVEBRIDGE_TEST_SEQUENCE_CHECK_H_
