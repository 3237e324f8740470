package org.wavebridge.conformance.cases;

import java.util.List;
import org.wavebridge.conformance.measure.Bits;
import org.wavebridge.conformance.targets.Sequence;

/**
 * Calls without samples. Catches a state or previous values that do not pass through, which a
 * stream relies on.
 */
final class EmptyCall implements ConformanceCase {
  @Override
  public String name() {
    return "operator/empty-call";
  }

  @Override
  public String catches() {
    return "state or previous values that do not pass through a call without samples";
  }

  @Override
  public List<Subject> subjects(List<Subject> given) {
    return SyntheticModels.networks();
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    Sequence row = Sequences.fromAnywhere(trial.model(), 10, 29).part(0, 0);
    passesThrough(trial, "generate", row, runs.generate(row));
    // The body of a score is ONNX's GRU, and ONNX Runtime's own GRU ends the process when it is
    // given no samples; nothing of ours calls it so.
    if (trial.profile().exact()) {
      passesThrough(trial, "score", row, runs.score(row, new float[0]));
    }
  }

  private static void passesThrough(Trial trial, String graph, Sequence row, NetworkRuns.Row left) {
    trial.require(graph + " state", "changed", Bits.other(row.state(), left.state()) == 0);
    trial.require(
        graph + " previous values", "changed", Bits.other(row.previous(), left.previous()) == 0);
  }
}
