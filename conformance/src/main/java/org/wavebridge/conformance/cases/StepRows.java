package org.wavebridge.conformance.cases;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.conformance.measure.ErrorCurve;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.reference.Arithmetic;

/** Several rows in one step, each with its own state. Catches rows that are mixed up. */
final class StepRows implements ConformanceCase {
  @Override
  public String name() {
    return "step/rows";
  }

  @Override
  public String catches() {
    return "rows of a step that are mixed up";
  }

  @Override
  public boolean appliesTo(Subject subject, String precision) {
    return precision.equals(BundleManifest.F32);
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    List<Sequence> rows = new ArrayList<>();
    for (int n = 0; n < 5; n++) {
      rows.add(Sequences.fromAnywhere(trial.model(), 1, 40 + n));
    }
    List<NetworkRuns.Row> made = runs.step(rows);
    ErrorCurve logits = new ErrorCurve(rows.size());
    ErrorCurve states = new ErrorCurve(rows.size());
    for (int n = 0; n < rows.size(); n++) {
      NetworkRuns.Row row = made.get(n);
      Expected expected = Expected.scored(rows.get(n), row.audio(), Arithmetic.DOUBLE);
      int size = expected.logits()[0].length;
      for (int i = 0; i < expected.logits().length; i++) {
        logits.add(n, expected.logits()[i], row.logits(), i * size);
      }
      states.add(n, expected.state().hidden(), row.state(), 0);
    }
    trial.check("logits", Quantity.LOGITS, logits.worstRelative(), "relative error");
    trial.check("state", Quantity.STATE, states.worstAbsolute());
  }
}
