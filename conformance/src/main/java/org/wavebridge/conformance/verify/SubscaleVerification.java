package org.wavebridge.conformance.verify;

import java.util.List;
import java.util.Map;
import org.wavebridge.conformance.reference.Arithmetic;
import org.wavebridge.conformance.reference.Conditioning;
import org.wavebridge.conformance.reference.SubscaleReference;
import org.wavebridge.graphs.build.GraphKind;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.spi.Tensor;

/**
 * The checks of one backend where utterances are folded; tolerances as in {@link
 * BackendVerification}.
 */
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
            "conditioner",
            "largest error",
            Errors.ofConditioning(model, utterance, conditioning),
            BackendVerification.CONDITIONING_TOLERANCE));
    checks.add(
        check(
            "score",
            "largest error of logits",
            difference(utterance.logits(), graphs.score(utterance.audio())),
            BackendVerification.LOGITS_TOLERANCE));
    SubscaleGraphs.Run steps = graphs.steps(utterance.uniforms(), 1);
    checks.add(
        check(
            "subscale, context",
            "largest error of logits",
            difference(
                logits(Arithmetic.DOUBLE, utterance.conditioning(), steps.audio()), steps.logits()),
            BackendVerification.LOGITS_TOLERANCE));
    float[] audio = graphs.generate(utterance.uniforms(), 1);
    checks.add(
        check(
            "subscale_generate",
            "share of other draws",
            otherDraws(audio, Arithmetic.DOUBLE, utterance.conditioning()),
            BackendVerification.DRAWS_TOLERANCE));
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
            BackendVerification.TIPPED_LOGITS_TOLERANCE));
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
              "share of other draws",
              otherDraws(audio, Arithmetic.CANONICAL_F32, given),
              BackendVerification.TIPPED_DRAWS_TOLERANCE));
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

  private double otherDraws(float[] audio, Arithmetic arithmetic, Conditioning given) {
    double[] drawn =
        new SubscaleReference(model, arithmetic).redraw(given, audio, utterance.uniforms(), 1);
    int other = 0;
    for (int t = 0; t < audio.length; t++) {
      if (!(Math.abs(drawn[t] - audio[t]) <= BackendVerification.SAME_DRAW)) {
        other++;
      }
    }
    return (double) other / audio.length;
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
