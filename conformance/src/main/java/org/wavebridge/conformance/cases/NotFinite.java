package org.wavebridge.conformance.cases;

import java.util.Arrays;
import java.util.List;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.contract.Conditioning;

/**
 * A row whose conditioning is NaN or infinite between two finite rows. Catches a fault on such
 * numbers, and rows of a batch that touch each other.
 */
final class NotFinite implements ConformanceCase {
  @Override
  public String name() {
    return "operator/not-finite";
  }

  @Override
  public String catches() {
    return "a fault on NaN or infinities, and rows of a batch that touch each other";
  }

  @Override
  public List<Subject> subjects(List<Subject> given) {
    return SyntheticModels.networks();
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    Judge judge = new Judge(trial);
    for (float strange : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      Sequence first = Sequences.of(trial.model(), 15, 26);
      Sequence last = Sequences.of(trial.model(), 15, 27);
      Sequence between = Sequences.of(trial.model(), 15, 28);
      for (Conditioning tensor : trial.model().conditioningTensors()) {
        float[] values = between.values(tensor.name()).clone();
        Arrays.fill(values, strange);
        between = between.with(tensor.name(), values);
      }
      List<NetworkRuns.Row> made = runs.generate(List.of(first, between, last));
      judge.generated(strange + " row before", first, made.get(0));
      judge.generated(strange + " row after", last, made.get(2));
    }
  }
}
