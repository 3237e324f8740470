package org.wavebridge.conformance.cases;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.wavebridge.conformance.measure.Bits;
import org.wavebridge.conformance.measure.DrawProof;
import org.wavebridge.conformance.measure.ErrorCurve;
import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.bundle.BundleManifest.SubscalePart;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.SubscaleReference;
import org.wavebridge.runtime.spi.Tensor;

/**
 * A subscale utterance made from a seed, on a target and by the reference, which makes one
 * sub-tensor after the other and knows no schedule.
 */
final class SubscaleUtterance {
  private final Trial trial;
  private final Sequence whole;
  private final Arithmetic arithmetic;
  private final SubscalePart subscale;
  private final Map<String, Tensor> conditioning = new HashMap<>();

  SubscaleUtterance(Trial trial, int samples, long seed) {
    this.trial = trial;
    this.whole = Sequences.of(trial.model(), samples, seed);
    this.arithmetic = trial.profile().int8() ? Arithmetic.CANONICAL_F32 : Arithmetic.DOUBLE;
    this.subscale = trial.subject().subscale().orElseThrow();
    for (Conditioning tensor : trial.model().conditioningTensors()) {
      float[] values = whole.values(tensor.name());
      conditioning.put(
          tensor.name(), new Tensor(values, values.length / tensor.size(), tensor.size()));
    }
  }

  /** The target's graphs, in the schedule of the subject. */
  SubscaleGraphs graphs() {
    return graphs(subscale.chunk());
  }

  /** The utterance's graphs in the schedule of another chunk. */
  SubscaleGraphs graphs(int chunk) {
    SubscalePart part =
        new SubscalePart(
            subscale.factor(),
            subscale.horizon(),
            chunk,
            subscale.ownPast(),
            subscale.trainedFactor(),
            subscale.reach(),
            subscale.contextSize());
    return new SubscaleGraphs(trial::graph, trial.model(), part, conditioning, whole.samples());
  }

  int samples() {
    return whole.samples();
  }

  float[] uniforms() {
    return whole.uniforms();
  }

  /** The audio that the canonical reference generates. */
  float[] canonical(float temperature) {
    double[] drawn =
        new SubscaleReference(trial.model(), Arithmetic.CANONICAL_F32)
            .generate(whole.referenceConditioning(), whole.uniforms(), temperature);
    float[] audio = new float[drawn.length];
    for (int t = 0; t < audio.length; t++) {
      audio[t] = (float) drawn[t];
    }
    return audio;
  }

  /** The reference's logits of given audio. */
  double[][] logits(float[] audio) {
    double[][] logits = new double[audio.length][];
    new SubscaleReference(trial.model(), arithmetic)
        .score(whole.referenceConditioning(), audio, (t, row) -> logits[t] = row.clone());
    return logits;
  }

  /**
   * Judges logits. A score graph adds up the context in another order than the reference, so for
   * int8 an activation may tip.
   */
  ErrorCurve judgeLogits(String name, double[][] expected, float[] found) {
    ErrorCurve errors = new ErrorCurve(expected.length);
    for (int t = 0; t < expected.length; t++) {
      errors.add(t, expected[t], found, t * expected[t].length);
    }
    trial.check(
        name + " logits",
        Quantity.LOGITS,
        errors.worstRelative(),
        "relative error",
        scoreProfile());
    trial.check(
        name + " logits",
        Quantity.TYPICAL_LOGITS,
        errors.medianRelative(),
        Quantity.TYPICAL_LOGITS.label(),
        scoreProfile());
    return errors;
  }

  /** The profile that a target promises for a score graph. */
  NumericProfile scoreProfile() {
    return trial.profile().int8() ? NumericProfile.INT8_OWN_GATES : trial.profile();
  }

  /**
   * Judges draws.
   *
   * @param expected logits of the reference for the same audio
   * @param error largest absolute error of the target's logits of a sample
   */
  void judgeDraws(
      String name,
      double[][] expected,
      IntToDoubleFunction error,
      float[] audio,
      float temperature) {
    int others = 0;
    int unexplained = 0;
    for (int t = 0; t < audio.length; t++) {
      DrawProof proof =
          DrawProof.of(
              trial.model().network(),
              expected[t],
              error.applyAsDouble(t),
              whole.uniformsOf(t),
              temperature,
              audio[t]);
      others += proof.same() ? 0 : 1;
      unexplained += proof.explained() ? 0 : 1;
    }
    trial.check(
        name + " draws",
        Quantity.UNEXPLAINED_DRAWS,
        unexplained,
        String.format(
            Locale.ROOT, "unexplained of %d other draws in %d samples", others, audio.length));
  }

  /**
   * Judges generated audio. The logits behind it are not known, only those of the score graph,
   * which adds in another order: so the largest error of all its steps counts for each.
   */
  void judgeAudio(String name, float[] audio, float temperature) {
    double[][] expected = logits(audio);
    ErrorCurve errors = judgeLogits(name, expected, graphs().score(audio));
    judgeDraws(name, expected, t -> errors.worstAbsolute(), audio, temperature);
    if (trial.profile().exact()) {
      float[] exact = canonical(temperature);
      trial.check(name + " audio", Quantity.OTHER_BITS, Bits.other(exact, audio));
      trial.note(name + " SHA-256", Bits.hash(audio));
      trial.note(name + " SHA-256, reference", Bits.hash(exact));
    }
  }

  /** The rows of found logits. */
  static double[][] rows(float[] logits, int samples) {
    int size = samples == 0 ? 0 : logits.length / samples;
    double[][] rows = new double[samples][];
    for (int t = 0; t < samples; t++) {
      float[] row = Arrays.copyOfRange(logits, t * size, (t + 1) * size);
      rows[t] = new double[size];
      for (int i = 0; i < size; i++) {
        rows[t][i] = row[i];
      }
    }
    return rows;
  }
}
