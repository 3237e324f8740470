package org.wavebridge.conformance.cases;

import org.wavebridge.conformance.targets.Sequence;

/**
 * Single samples from many states and previous values. Catches inputs that are ignored because a
 * zero start hides them.
 */
final class GenerateFromState implements ConformanceCase {
  @Override
  public String name() {
    return "generate/from-state";
  }

  @Override
  public String catches() {
    return "a state or previous value that is ignored, which a zero start hides";
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    Judge judge = new Judge(trial);
    for (int seed = 0; seed < trial.size(3, 12); seed++) {
      Sequence row = Sequences.fromAnywhere(trial.model(), 1 + seed, 70 + seed);
      judge.generated("state " + seed, row, runs.generate(row));
    }
  }
}
