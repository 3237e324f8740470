package org.wavebridge.conformance.cases;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.bundle.BundleManifest;

/**
 * States whose values lie exactly between two int8 activations. Catches a rounding of ties that is
 * not to even, which hardly ever happens by chance.
 */
final class Int8Ties implements ConformanceCase {
  @Override
  public String name() {
    return "operator/int8-ties";
  }

  @Override
  public String catches() {
    return "a rounding of int8 activations that is not half to even";
  }

  @Override
  public List<Subject> subjects(List<Subject> given) {
    return SyntheticModels.networks();
  }

  @Override
  public boolean appliesTo(Subject subject, String precision) {
    return precision.equals(BundleManifest.INT8);
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    Judge judge = new Judge(trial);
    List<Float> ties = ties(trial.model().network().layers().activations().orElseThrow().largest());
    Sequence start = Sequences.of(trial.model(), 2, 30);
    for (int shift = 0; shift < 4; shift++) {
      float[] state = new float[start.state().length];
      for (int i = 0; i < state.length; i++) {
        state[i] = ties.get((i + shift * state.length) % ties.size());
      }
      Sequence row = start.from(start.previous(), state);
      judge.generated("ties " + shift, row, runs.generate(row));
    }
  }

  /**
   * Every x in [-1, 1] that f32 multiplication by the largest activation takes to a whole number
   * and a half.
   */
  private static List<Float> ties(int largest) {
    List<Float> ties = new ArrayList<>();
    for (int k = -largest; k < largest; k++) {
      float near = (k + 0.5f) / largest;
      for (float x : new float[] {Math.nextDown(near), near, Math.nextUp(near)}) {
        if (x * largest == k + 0.5f) {
          ties.add(x);
          break;
        }
      }
    }
    return ties;
  }
}
