package org.wavebridge.conformance.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.reference.Arithmetic;

/**
 * Teacher forcing in pieces that hand on state and previous values. Catches a state that is not
 * carried across a call.
 */
final class ScoreChunks implements ConformanceCase {
  @Override
  public String name() {
    return "score/chunks";
  }

  @Override
  public String catches() {
    return "a state or a previous value that is not carried from one call to the next";
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    Judge judge = new Judge(trial);
    int hop = trial.model().features().hop();
    Sequence whole = Sequences.of(trial.model(), Math.max(3 * hop, Math.min(4 * hop, 400)), 52);
    float[] audio = Expected.generated(whole, Arithmetic.CANONICAL_F32).audio();
    Sequence start = whole;
    List<float[]> logits = new ArrayList<>();
    NetworkRuns.Row last = null;
    for (int first = 0; first < whole.samples(); first += hop) {
      int end = Math.min(whole.samples(), first + hop);
      last = runs.score(start.part(first, end), Arrays.copyOfRange(audio, first, end));
      logits.add(last.logits());
      start = whole.from(last.previous(), last.state());
    }
    if (last != null) {
      NetworkRuns.Row joined =
          new NetworkRuns.Row(new float[0], Sequence.joined(logits), last.previous(), last.state());
      judge.scored("pieces", whole, audio, joined);
    }
  }
}
