package org.wavebridge.conformance.cases;

import org.wavebridge.conformance.targets.Sequence;

/**
 * Free running from the start of an utterance: every draw against the reference. Catches a wrong
 * draw, a wrong value fed back, uniforms used in another order.
 */
final class GenerateFree implements ConformanceCase {
  @Override
  public String name() {
    return "generate/free";
  }

  @Override
  public String catches() {
    return "a wrong draw, a wrong value fed back, uniforms used in another order";
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    Sequence row = Sequences.of(trial.model(), trial.size(300, 3000), 61);
    NetworkRuns.Row found = runs.generate(row);
    int first = new Judge(trial).generated("generate", row, found);
    trial.note(
        "agrees with the reference",
        first == row.samples() ? "throughout" : "up to sample " + first);
  }
}
