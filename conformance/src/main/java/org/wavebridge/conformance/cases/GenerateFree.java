package org.wavebridge.conformance.cases;

import org.wavebridge.conformance.measure.NumericProfile;
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
    // A tipped activation soon leads two right runs apart where gates are a target's own.
    boolean ownGates = trial.profile() == NumericProfile.INT8_OWN_GATES;
    int samples = trial.size(300, ownGates ? 300 : 3000);
    Sequence row = Sequences.of(trial.model(), samples, 61);
    NetworkRuns.Row found = runs.generate(row);
    int first = new Judge(trial).generated("generate", row, found);
    trial.note(
        "agrees with the reference",
        first == row.samples() ? "throughout" : "up to sample " + first);
  }
}
