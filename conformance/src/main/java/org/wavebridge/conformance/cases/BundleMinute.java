package org.wavebridge.conformance.cases;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.conformance.measure.Bits;
import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.conformance.targets.Sequence;

/**
 * A minute of audio from the bundle itself, in pieces of a second. The reference judges a tenth of
 * a second from the target's own state at the beginning, in the middle and at the end. Catches a
 * large network going wrong late, which {@link LongRun} cannot see in a small one.
 */
final class BundleMinute implements ConformanceCase {
  private static final int SECONDS = 60;

  /** Enough where an activation tipped over soon makes two runs two recordings of one voice. */
  private static final int SECONDS_OWN_GATES = 6;

  @Override
  public String name() {
    return "long/minute";
  }

  @Override
  public String catches() {
    return "a network of full size that goes wrong late in a long utterance";
  }

  @Override
  public List<Subject> subjects(List<Subject> given) {
    return given.stream().filter(subject -> subject.name().equals("bundle")).toList();
  }

  @Override
  public boolean quick() {
    return false;
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    Judge judge = new Judge(trial);
    int hop = trial.model().features().hop();
    int second = trial.model().audio().sampleRate() / hop * hop;
    boolean ownGates = trial.profile() == NumericProfile.INT8_OWN_GATES;
    int judged = ownGates ? hop : Math.max(1, second / 10 / hop) * hop;
    int seconds = ownGates ? SECONDS_OWN_GATES : SECONDS;
    List<float[]> audio = new ArrayList<>();
    Sequence next = Sequences.of(trial.model(), second, 0);
    for (int piece = 0; piece < seconds; piece++) {
      if (piece == 0 || piece == seconds / 2 || piece == seconds - 1) {
        Sequence start = next.part(0, judged);
        judge.generated("second " + piece, start, runs.generate(start));
      }
      NetworkRuns.Row found = runs.generate(next);
      audio.add(found.audio());
      boolean sound = true;
      for (float value : found.audio()) {
        sound &= value >= -1 && value <= 1;
      }
      for (float value : found.state()) {
        sound &= value >= -1 && value <= 1;
      }
      if (!sound) {
        trial.require("second " + piece, "a value or a state outside of [-1, 1]", false);
      }
      next = Sequences.of(trial.model(), second, piece + 1).from(found.previous(), found.state());
    }
    trial.note("audio SHA-256", Bits.hash(Sequence.joined(audio)));
  }
}
