package org.wavebridge.conformance.verify;

import java.util.List;
import java.util.Map;
import org.wavebridge.conformance.measure.DrawProof;
import org.wavebridge.conformance.measure.ErrorCurve;
import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.measure.Tolerances;
import org.wavebridge.conformance.reference.Arithmetic;
import org.wavebridge.conformance.reference.Conditioning;
import org.wavebridge.conformance.reference.SubscaleReference;
import org.wavebridge.graphs.build.GraphKind;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.spi.Tensor;

/** The checks of one backend where utterances are folded. */
final class SubscaleVerification {
  private final VocoderModel model;
  private final VerificationCase utterance;
  private final Vocoder vocoder;
  private final Map<String, Tensor> conditioning;
  private final SubscaleGraphs graphs;

  SubscaleVerification(VocoderModel model, VerificationCase utterance, Vocoder vocoder) {
    this.model = model;
    this.utterance = utterance;
    this.vocoder = vocoder;
    Tensor features =
        new Tensor(
            utterance.features().values(),
            1,
            utterance.features().mels(),
            utterance.features().frames());
    this.conditioning = vocoder.graph(GraphKind.CONDITIONER).run(Map.of("features", features));
    this.graphs = new SubscaleGraphs(vocoder, conditioning, utterance.samples());
  }

  void addTo(List<VerificationReport.Check> checks) {
    checks.add(
        check(
            "score",
            "largest error of logits",
            difference(utterance.logits(), graphs.score(utterance.audio())),
            Tolerances.of(Quantity.LOGITS, NumericProfile.F32)));
    SubscaleGraphs.Run steps = graphs.steps(utterance.uniforms(), 1);
    checks.add(
        check(
            "subscale, context",
            "largest error of logits",
            difference(
                logits(Arithmetic.DOUBLE, utterance.conditioning(), steps.audio()), steps.logits()),
            Tolerances.of(Quantity.LOGITS, NumericProfile.F32)));
    float[] audio = graphs.generate(utterance.uniforms(), 1);
    checks.add(
        check(
            "subscale_generate",
            "unexplained draws",
            unexplained(audio, Arithmetic.DOUBLE, utterance.conditioning()),
            Tolerances.of(Quantity.UNEXPLAINED_DRAWS, NumericProfile.F32)));
    if (vocoder.backend().equals("cpu")) {
      checks.add(
          check(
              "subscale_generate",
              "values that differ from canonical f32",
              notCanonical(audio),
              0));
    }
  }

  /**
   * The checks of int8 graphs, against the reference's canonical mode on the same conditioning.
   * Scoring adds up the context in another order than the reference, so an activation may tip.
   */
  void addInt8To(List<VerificationReport.Check> checks) {
    Conditioning given = ReferenceInputs.of(model, conditioning);
    double[][] expected = logits(Arithmetic.CANONICAL_F32, given, utterance.audio());
    checks.add(
        check(
            "int8 score",
            "largest error of logits",
            difference(expected, graphs.score(utterance.audio())),
            Tolerances.of(Quantity.LOGITS, NumericProfile.INT8_OWN_GATES)));
    float[] audio = graphs.generate(utterance.uniforms(), 1);
    if (vocoder.backend().equals("cpu")) {
      checks.add(
          check(
              "int8 subscale_generate",
              "values that differ from canonical int8",
              notCanonical(audio),
              0));
    } else {
      checks.add(
          check(
              "int8 subscale_generate",
              "unexplained draws",
              unexplained(audio, Arithmetic.CANONICAL_F32, given),
              Tolerances.of(Quantity.UNEXPLAINED_DRAWS, NumericProfile.INT8_OWN_GATES)));
    }
  }

  private VerificationReport.Check check(
      String graph, String measure, double error, double tolerance) {
    return new VerificationReport.Check(vocoder.backend() + " " + graph, measure, error, tolerance);
  }

  private double[][] logits(Arithmetic arithmetic, Conditioning given, float[] audio) {
    double[][] logits = new double[audio.length][];
    new SubscaleReference(model, arithmetic)
        .score(given, audio, (t, row) -> logits[t] = row.clone());
    return logits;
  }

  private static double difference(double[][] expected, float[] found) {
    double worst = 0;
    for (int t = 0; t < expected.length; t++) {
      worst = Errors.larger(worst, expected[t], found, t * expected[t].length);
    }
    return worst;
  }

  /**
   * Draws that are not near ties. Scoring adds up the context in another order, so any step's
   * logits may be off by the largest error of all.
   */
  private double unexplained(float[] audio, Arithmetic arithmetic, Conditioning given) {
    double[][] expected = logits(arithmetic, given, audio);
    float[] found = graphs.score(audio);
    ErrorCurve errors = new ErrorCurve(audio.length);
    for (int t = 0; t < audio.length; t++) {
      errors.add(t, expected[t], found, t * expected[t].length);
    }
    int draws = model.network().draws();
    int unexplained = 0;
    for (int t = 0; t < audio.length; t++) {
      double[] uniforms = new double[draws];
      for (int d = 0; d < draws; d++) {
        uniforms[d] = utterance.uniforms()[t * draws + d];
      }
      DrawProof proof =
          DrawProof.of(model.network(), expected[t], errors.worstAbsolute(), uniforms, 1, audio[t]);
      unexplained += proof.explained() ? 0 : 1;
    }
    return unexplained;
  }

  private double notCanonical(float[] audio) {
    double[] expected =
        new SubscaleReference(model, Arithmetic.CANONICAL_F32)
            .generate(ReferenceInputs.of(model, conditioning), utterance.uniforms(), 1);
    int other = 0;
    for (int t = 0; t < audio.length; t++) {
      if ((float) expected[t] != audio[t]) {
        other++;
      }
    }
    return other;
  }
}
