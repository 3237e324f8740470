package org.wavebridge.conformance.cases;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.conformance.targets.Sequence;

/**
 * Several different rows in one call, each judged as if it were alone. Catches rows that share
 * state, uniforms, conditioning or temperature, and kernels that go wrong at some number of rows.
 */
final class GenerateRows implements ConformanceCase {
  @Override
  public String name() {
    return "generate/rows";
  }

  @Override
  public String catches() {
    return "rows that share state, uniforms, conditioning or temperature, a kernel wrong at some number of rows";
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    Judge judge = new Judge(trial);
    int[] counts = trial.quick() ? new int[] {3} : new int[] {2, 5, 17};
    for (int count : counts) {
      List<Sequence> rows = new ArrayList<>();
      for (int n = 0; n < count; n++) {
        rows.add(Sequences.fromAnywhere(trial.model(), 25, 80 + n).at(1.2f - 0.2f * (n % 4)));
      }
      List<NetworkRuns.Row> made = runs.generate(rows);
      for (int n = 0; n < count; n++) {
        judge.generated("row %d of %d".formatted(n, count), rows.get(n), made.get(n));
      }
    }
  }
}
