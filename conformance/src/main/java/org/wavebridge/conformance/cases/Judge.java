package org.wavebridge.conformance.cases;

import java.util.Locale;
import org.wavebridge.conformance.measure.Bits;
import org.wavebridge.conformance.measure.DrawProof;
import org.wavebridge.conformance.measure.ErrorCurve;
import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.reference.Arithmetic;

/**
 * Compares what a target made of sequences with the reference: with the canonical one for int8 and,
 * bit for bit, for the exact profiles; with the double-precision one otherwise.
 */
final class Judge {
  private final Trial trial;
  private final NetworkRuns runs;
  private final Arithmetic arithmetic;

  Judge(Trial trial) {
    this.trial = trial;
    this.runs = new NetworkRuns(trial);
    this.arithmetic = trial.profile().int8() ? Arithmetic.CANONICAL_F32 : Arithmetic.DOUBLE;
  }

  /**
   * Judges logits, state and previous values of a teacher-forced row.
   *
   * @param audio that was given
   * @return the errors of the logits, step by step
   */
  ErrorCurve scored(String name, Sequence row, float[] audio, NetworkRuns.Row found) {
    Expected expected = Expected.scored(row, audio, arithmetic);
    ErrorCurve logits = logits(name, row, expected, found.logits());
    state(name, expected, found);
    if (trial.profile().exact()) {
      Expected exact =
          trial.profile().int8() ? expected : Expected.scored(row, audio, Arithmetic.CANONICAL_F32);
      trial.check(
          name + " logits",
          Quantity.OTHER_BITS,
          Bits.other(exact.narrowedLogits(), found.logits()));
      exactState(name, exact, found);
    }
    return logits;
  }

  /**
   * Judges what a target generated: every draw, from the state that the target's own earlier
   * samples lead to, must be the reference's or a proven near tie.
   *
   * @return the index of the first draw that is not the reference's, or the number of samples
   */
  int generated(String name, Sequence row, NetworkRuns.Row found) {
    NetworkRuns.Row scored = runs.score(row, found.audio());
    Expected expected = Expected.scored(row, found.audio(), arithmetic);
    ErrorCurve logits = logits(name, row, expected, scored.logits());
    int first = draws(name, row, expected, logits);
    state(name, expected, found);
    if (trial.profile().exact()) {
      Expected exact = Expected.generated(row, Arithmetic.CANONICAL_F32);
      trial.check(name + " audio", Quantity.OTHER_BITS, Bits.other(exact.audio(), found.audio()));
      exactState(name, exact, found);
      trial.note(name + " SHA-256", Bits.hash(found.audio()));
      trial.note(name + " SHA-256, reference", Bits.hash(exact.audio()));
    }
    return first;
  }

  private int draws(String name, Sequence row, Expected expected, ErrorCurve logits) {
    int samples = expected.audio().length;
    int first = samples;
    int others = 0;
    int unexplained = 0;
    String worst = "";
    for (int t = 0; t < samples; t++) {
      double sharpening = expected.sharpening()[t];
      DrawProof proof =
          DrawProof.of(
              row.model().network(),
              DrawProof.scaled(expected.logits()[t], sharpening),
              logits.absolute(t) * sharpening,
              row.uniformsOf(t),
              row.temperature(),
              (float) expected.drawn()[t]);
      if (proof.same()) {
        continue;
      }
      others++;
      if (first == samples) {
        first = t;
      }
      if (!proof.explained()) {
        unexplained++;
      }
      if (worst.isEmpty() || (!proof.explained() && unexplained == 1)) {
        worst =
            String.format(
                Locale.ROOT,
                "sample %d: the uniform is %.2e from the edge, the error of the logits can move it by %.2e",
                t,
                proof.distance(),
                proof.allowed());
      }
    }
    trial.check(
        name + " draws",
        Quantity.UNEXPLAINED_DRAWS,
        unexplained,
        "unexplained of %d other draws in %d samples".formatted(others, samples));
    if (!worst.isEmpty()) {
      trial.note(name + " first other draw", worst);
    }
    return first;
  }

  private void state(String name, Expected expected, NetworkRuns.Row found) {
    ErrorCurve state = new ErrorCurve(1);
    state.add(0, expected.state().hidden(), found.state(), 0);
    trial.check(name + " state", Quantity.STATE, state.worstAbsolute());
    ErrorCurve previous = new ErrorCurve(1);
    previous.add(0, expected.state().previous(), found.previous(), 0);
    trial.require(
        name + " previous values",
        "not those of the last sample",
        previous.worstAbsolute() <= 1e-6);
  }

  private void exactState(String name, Expected exact, NetworkRuns.Row found) {
    trial.check(
        name + " state", Quantity.OTHER_BITS, Bits.other(exact.narrowedState(), found.state()));
    trial.check(
        name + " previous values",
        Quantity.OTHER_BITS,
        Bits.other(exact.narrowedPrevious(), found.previous()));
  }

  private ErrorCurve logits(String name, Sequence row, Expected expected, float[] found) {
    ErrorCurve curve = errors(expected, found);
    double worst = 0;
    double typical = 0;
    if (trial.profile() == NumericProfile.INT8_OWN_GATES) {
      // Two quantisations of one network may lie on either side of it.
      ErrorCurve int8 = int8Cost(row, expected);
      worst = 2 * int8.worstRelative();
      typical = 2 * int8.medianRelative();
    }
    trial.check(name + " logits", Quantity.LOGITS, curve.worstRelative(), describe(curve), worst);
    trial.check(
        name + " logits",
        Quantity.TYPICAL_LOGITS,
        curve.medianRelative(),
        Quantity.TYPICAL_LOGITS.label(),
        typical);
    return curve;
  }

  /** The change of the logits by quantisation itself, for the same audio. */
  private ErrorCurve int8Cost(Sequence row, Expected int8) {
    Expected f32 = Expected.scored(unquantised(trial, row), int8.audio(), Arithmetic.DOUBLE);
    return errors(f32, int8.narrowedLogits());
  }

  /** The sequence for the f32 model of the trial's subject. */
  static Sequence unquantised(Trial trial, Sequence row) {
    return row.of(trial.subject().model(BundleManifest.F32));
  }

  private static ErrorCurve errors(Expected expected, float[] found) {
    int steps = expected.logits().length;
    ErrorCurve curve = new ErrorCurve(steps);
    for (int t = 0; t < steps; t++) {
      curve.add(t, expected.logits()[t], found, t * expected.logits()[t].length);
    }
    return curve;
  }

  private static String describe(ErrorCurve errors) {
    return String.format(
        Locale.ROOT,
        "relative error; absolute %.2e, %.0f ulps",
        errors.worstAbsolute(),
        errors.worstUlps());
  }

  /** The mean bits per sample that found logits give to what was drawn. */
  static double bits(Sequence row, float[] logits, double[] drawn) {
    int size = NetworkRuns.logits(row);
    double[][] rows = new double[drawn.length][size];
    for (int i = 0; i < drawn.length * size; i++) {
      rows[i / size][i % size] = logits[i];
    }
    return Expected.bits(row.model().network(), rows, drawn);
  }
}
