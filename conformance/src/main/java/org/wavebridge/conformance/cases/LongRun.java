package org.wavebridge.conformance.cases;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.conformance.measure.Bits;
import org.wavebridge.conformance.measure.ErrorCurve;
import org.wavebridge.conformance.measure.LogSpectralDistance;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.ReferenceNetwork;
import org.wavebridge.reference.ReferenceState;

/**
 * A minute of audio in pieces of a second on a small network of each kind, every sample teacher
 * forced through the reference too. Catches drift: errors that grow with the length, a state that
 * wanders off, a counter that overflows.
 */
final class LongRun implements ConformanceCase {
  private static final int SECONDS = 60;

  @Override
  public String name() {
    return "long/drift";
  }

  @Override
  public String catches() {
    return "errors that grow with the length, a state that wanders off, a counter that overflows";
  }

  @Override
  public List<Subject> subjects(List<Subject> given) {
    return SyntheticModels.smallest();
  }

  @Override
  public boolean quick() {
    return false;
  }

  @Override
  public boolean appliesTo(Subject subject, String precision) {
    return precision.equals(BundleManifest.F32);
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    int hop = trial.model().features().hop();
    int second = trial.model().audio().sampleRate() / hop * hop;
    Arithmetic arithmetic = Arithmetic.DOUBLE;
    ReferenceNetwork forced = ReferenceNetwork.of(trial.model().network(), arithmetic);
    ReferenceState state = Sequences.of(trial.model(), hop, 0).referenceState();
    ReferenceState free = state.copy();
    double[] worst = new double[SECONDS];
    double relative = 0;
    List<float[]> made = new ArrayList<>();
    List<float[]> expectedAudio = new ArrayList<>();
    Sequence next = Sequences.of(trial.model(), second, 0);
    for (int piece = 0; piece < SECONDS; piece++) {
      NetworkRuns.Row found = runs.generate(next);
      NetworkRuns.Row scored = runs.score(next, found.audio());
      var conditioning = next.referenceConditioning();
      ErrorCurve errors = new ErrorCurve(second);
      float[] running = new float[second];
      ReferenceNetwork freeRunning = ReferenceNetwork.of(trial.model().network(), arithmetic);
      for (int t = 0; t < second; t++) {
        double[] logits = forced.score(state, conditioning, t, found.audio()[t]);
        errors.add(t, logits, scored.logits(), t * logits.length);
        running[t] = (float) freeRunning.draw(free, conditioning, t, next.uniformsOf(t), 1).audio();
      }
      worst[piece] = errors.worstAbsolute();
      relative = Math.max(relative, errors.worstRelative());
      made.add(found.audio());
      expectedAudio.add(running);
      next = Sequences.of(trial.model(), second, piece + 1).from(found.previous(), found.state());
    }
    float[] audio = Sequence.joined(made);
    trial.check("logits of a minute", Quantity.LOGITS, relative, "relative error");
    trial.check(
        "logits, last seconds against first",
        Quantity.GROWTH,
        mean(worst, 45, SECONDS) / Math.max(1e-6, mean(worst, 0, 15)));
    trial.check(
        "spectrum of a minute",
        Quantity.SPECTRUM,
        LogSpectralDistance.between(Sequence.joined(expectedAudio), audio),
        "log-spectral distance in dB");
    trial.curve("logits, worst of each second", worst);
    trial.note("audio SHA-256", Bits.hash(audio));
  }

  private static double mean(double[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    return sum / (to - from);
  }
}
