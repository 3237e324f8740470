package org.wavebridge.conformance.cases;

import java.util.List;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.model.Head;

/**
 * Distributions with all their mass on one class, the first, the last, one between. Catches a
 * softmax that overflows, and a search that can run past the last class or never reaches it.
 */
final class OneHotDistribution implements ConformanceCase {
  @Override
  public String name() {
    return "operator/one-hot";
  }

  @Override
  public String catches() {
    return "a softmax that overflows, a search that passes or never reaches the right class";
  }

  @Override
  public List<Subject> subjects(List<Subject> given) {
    return List.of(
        Subject.of(
            "dual-first-last",
            SyntheticModels.constantDual(
                SyntheticModels.oneHot(256, 0), SyntheticModels.oneHot(256, 255))),
        Subject.of(
            "dual-between",
            SyntheticModels.constantDual(
                SyntheticModels.oneHot(256, 77), SyntheticModels.oneHot(256, 128))),
        Subject.of(
            "classes-last",
            SyntheticModels.constant(new Head.Categorical(100), SyntheticModels.oneHot(100, 99))));
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    Judge judge = new Judge(trial);
    for (float uniform : new float[] {0, 0.37f, 1 - 0x1p-24f}) {
      Sequence row = Sequences.withUniform(Sequences.of(trial.model(), 4, 23), uniform);
      judge.generated("u=" + uniform, row, runs.generate(row));
    }
  }
}
