package org.wavebridge.conformance.cases;

import java.util.List;
import org.wavebridge.conformance.targets.Sequence;

/**
 * The fused operators over hidden sizes, block shapes, densities and heads, from a state in the
 * middle of nowhere. Catches a kernel that is right only for round sizes, and weights mixed up
 * where sizes differ.
 */
final class NetworkShapes implements ConformanceCase {
  @Override
  public String name() {
    return "operator/network-shapes";
  }

  @Override
  public String catches() {
    return "a kernel right only for round sizes, weights mixed up where sizes differ";
  }

  @Override
  public List<Subject> subjects(List<Subject> given) {
    return SyntheticModels.shapes();
  }

  @Override
  public void run(Trial trial) {
    Judge judge = new Judge(trial);
    NetworkRuns runs = new NetworkRuns(trial);
    Sequence row = Sequences.fromAnywhere(trial.model(), 20, 21);
    judge.generated("generate", row, runs.generate(row));
  }
}
