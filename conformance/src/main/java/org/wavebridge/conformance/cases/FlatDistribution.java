package org.wavebridge.conformance.cases;

import java.util.List;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.model.Head;

/**
 * Flat distributions, where class k belongs to u in [k / C, (k + 1) / C). Catches an edge that
 * belongs to the wrong class, and cumulative sums that lose their last digits.
 */
final class FlatDistribution implements ConformanceCase {
  @Override
  public String name() {
    return "operator/flat";
  }

  @Override
  public String catches() {
    return "an edge between classes on the wrong side, cumulative sums that lose digits";
  }

  @Override
  public List<Subject> subjects(List<Subject> given) {
    return List.of(
        Subject.of("dual-flat", SyntheticModels.constantDual(new float[256], new float[256])),
        Subject.of(
            "classes-flat", SyntheticModels.constant(new Head.Categorical(128), new float[128])));
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    Judge judge = new Judge(trial);
    int samples = 256;
    Sequence row = Sequences.of(trial.model(), samples, 24);
    int draws = trial.model().network().draws();
    float[] uniforms = new float[samples * draws];
    for (int i = 0; i < uniforms.length; i++) {
      // Just inside the end, or just at the beginning, of the share of a class.
      uniforms[i] =
          i % 2 == 0 ? (i + 1f) / uniforms.length - 0x1p-24f : (float) i / uniforms.length;
    }
    judge.generated("edges", row.withUniforms(uniforms), runs.generate(row.withUniforms(uniforms)));
  }
}
