package org.wavebridge.conformance.cases;

import java.util.List;
import org.wavebridge.conformance.targets.Sequence;

/**
 * Gate inputs to beyond where an exponential overflows. Catches sigmoids and hyperbolic tangents
 * that give NaN or lose their sign far out, and updates that divide what they should limit.
 */
final class ExtremeGates implements ConformanceCase {
  @Override
  public String name() {
    return "operator/extreme-gates";
  }

  @Override
  public String catches() {
    return "a sigmoid or tanh that gives NaN, or loses its sign, far out";
  }

  @Override
  public List<Subject> subjects(List<Subject> given) {
    return SyntheticModels.extremeGates();
  }

  @Override
  public void run(Trial trial) {
    Judge judge = new Judge(trial);
    NetworkRuns runs = new NetworkRuns(trial);
    Sequence row = Sequences.fromAnywhere(trial.model(), 40, 22);
    judge.generated("generate", row, runs.generate(row));
  }
}
