package org.wavebridge.conformance.cases;

import java.util.List;
import org.wavebridge.conformance.targets.Sequence;

/**
 * The smallest and the largest uniform, for every draw. Catches a draw that returns no class at u =
 * 0, passes the last one at the largest u, or takes the logarithm of zero in a mixture.
 */
final class UniformEdges implements ConformanceCase {
  @Override
  public String name() {
    return "operator/uniform-edges";
  }

  @Override
  public String catches() {
    return "a draw that fails at u = 0 or at the largest u, a logarithm of zero in a mixture";
  }

  @Override
  public List<Subject> subjects(List<Subject> given) {
    return SyntheticModels.networks();
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    Judge judge = new Judge(trial);
    for (float uniform : new float[] {0, 0x1p-24f, 0.5f, 1 - 0x1p-24f}) {
      Sequence row = Sequences.withUniform(Sequences.of(trial.model(), 12, 25), uniform);
      judge.generated("u=" + uniform, row, runs.generate(row));
    }
  }
}
