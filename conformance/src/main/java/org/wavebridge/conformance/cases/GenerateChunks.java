package org.wavebridge.conformance.cases;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.conformance.measure.Bits;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.targets.Sequence;

/**
 * Free running in pieces of one frame and of several that hand on state and previous values.
 * Catches a state that is not carried across a call, and results that depend on the chunk size.
 */
final class GenerateChunks implements ConformanceCase {
  @Override
  public String name() {
    return "generate/chunks";
  }

  @Override
  public String catches() {
    return "a state not carried across a call, a result that depends on the chunk size";
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    Judge judge = new Judge(trial);
    int hop = trial.model().features().hop();
    Sequence whole = Sequences.of(trial.model(), 5 * hop - 1, 62);
    float[] inOne = runs.generate(whole).audio();
    for (int frames : new int[] {1, 3}) {
      Sequence start = whole;
      List<float[]> audio = new ArrayList<>();
      NetworkRuns.Row last = null;
      for (int first = 0; first < whole.samples(); first += frames * hop) {
        int end = Math.min(whole.samples(), first + frames * hop);
        last = runs.generate(start.part(first, end));
        audio.add(last.audio());
        start = whole.from(last.previous(), last.state());
      }
      if (last != null) {
        float[] joined = Sequence.joined(audio);
        String name = "chunks of " + frames;
        judge.generated(
            name, whole, new NetworkRuns.Row(joined, new float[0], last.previous(), last.state()));
        if (trial.profile().exact()) {
          trial.check(name + " and one call", Quantity.OTHER_BITS, Bits.other(inOne, joined));
        }
      }
    }
  }
}
