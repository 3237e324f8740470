package org.wavebridge.conformance.verify;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.conformance.reference.Arithmetic;
import org.wavebridge.conformance.reference.Reference;
import org.wavebridge.conformance.reference.ReferenceNetwork;
import org.wavebridge.conformance.reference.ReferenceState;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.build.Conditioning;
import org.wavebridge.graphs.build.GraphKind;
import org.wavebridge.graphs.model.MultiBandGruNetwork;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.spi.Tensor;

/** The checks of one backend. */
final class BackendVerification {
  /** Largest relative difference of conditioning. */
  static final double CONDITIONING_TOLERANCE = 1e-4;

  /**
   * Largest difference of logits, relative where they are above one: f32 sums of a few hundred
   * terms, through a few hundred steps.
   */
  static final double LOGITS_TOLERANCE = 2e-4;

  /** Values nearer than this count as the same draw. */
  static final double SAME_DRAW = 1e-3;

  /**
   * Share of draws that may differ from the reference's: a uniform may fall on the edge between two
   * classes.
   */
  static final double DRAWS_TOLERANCE = 0.01;

  /**
   * Largest difference of int8 logits where the backend has its own sigmoid and tanh: a difference
   * in the last place may tip an activation over a rounding edge, a whole step of 1/127.
   */
  static final double TIPPED_LOGITS_TOLERANCE = 0.25;

  /** The same, as a share of draws. */
  static final double TIPPED_DRAWS_TOLERANCE = 0.05;

  private final VocoderModel model;
  private final VerificationCase utterance;
  private final Vocoder vocoder;
  private final Map<String, Tensor> conditioning;

  BackendVerification(VocoderModel model, VerificationCase utterance, Vocoder vocoder) {
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
  }

  void addTo(List<VerificationReport.Check> checks) {
    checks.add(
        check(
            "conditioner",
            "largest error",
            Errors.ofConditioning(model, utterance, conditioning),
            CONDITIONING_TOLERANCE));
    checks.add(
        check("score", "largest error of logits", score(utterance.logits()), LOGITS_TOLERANCE));
    checks.add(check("step", "largest error of logits", step(), LOGITS_TOLERANCE));
    float[] audio = generate();
    checks.add(
        check(
            "generate",
            "share of other draws",
            otherDraws(audio, Arithmetic.DOUBLE, utterance.conditioning()),
            DRAWS_TOLERANCE));
    if (vocoder.backend().equals("cpu")) {
      checks.add(
          check("generate", "values that differ from canonical f32", notCanonical(audio), 0));
    }
  }

  /**
   * The checks of int8 graphs, against the reference's canonical mode on the same conditioning.
   *
   * @param checks receives them; the model is the quantised one
   */
  void addInt8To(List<VerificationReport.Check> checks) {
    boolean exact = vocoder.backend().equals("cpu");
    var given = ReferenceInputs.of(model, conditioning);
    double logits = score(canonicalLogits(given));
    checks.add(
        check(
            "int8 score", "largest error of logits", logits, exact ? 0 : TIPPED_LOGITS_TOLERANCE));
    float[] audio = generate();
    if (exact) {
      checks.add(
          check("int8 generate", "values that differ from canonical int8", notCanonical(audio), 0));
    } else {
      double other = otherDraws(audio, Arithmetic.CANONICAL_F32, given);
      checks.add(check("int8 generate", "share of other draws", other, TIPPED_DRAWS_TOLERANCE));
    }
  }

  private double[][] canonicalLogits(org.wavebridge.conformance.reference.Conditioning given) {
    Reference reference = new Reference(model, Arithmetic.CANONICAL_F32);
    double[][] logits = new double[utterance.samples()][];
    reference.score(
        reference.network().initialState(),
        given,
        0,
        utterance.audio(),
        (t, row) -> logits[t] = row.clone());
    return logits;
  }

  private VerificationReport.Check check(
      String graph, String measure, double error, double tolerance) {
    return new VerificationReport.Check(vocoder.backend() + " " + graph, measure, error, tolerance);
  }

  private double score(double[][] expected) {
    Map<String, Tensor> inputs = sequenceInputs();
    inputs.put("audio", new Tensor(utterance.audio(), 1, utterance.samples()));
    float[] found = output(vocoder.graph(GraphKind.SCORE).run(inputs), "logits");
    double worst = 0;
    int size = found.length / utterance.samples();
    for (int t = 0; t < utterance.samples(); t++) {
      worst = Errors.larger(worst, expected[t], found, t * size);
    }
    return worst;
  }

  /**
   * Every step from the state that the steps before left, with the reference's samples fed back.
   */
  private double step() {
    ReferenceNetwork reference = new Reference(model, Arithmetic.DOUBLE).network();
    ReferenceState state = reference.initialState();
    StepNetwork network = model.network();
    int samples = network.samplesPerStep();
    int draws = network.draws();
    double worst = 0;
    for (int t = 0; t < utterance.samples(); t += samples) {
      Map<String, Tensor> inputs = stepConditioning(t);
      inputs.put("previous", row(state.previous()));
      inputs.put("state", row(state.hidden()));
      float[] uniforms = Arrays.copyOfRange(utterance.uniforms(), t * draws, (t + samples) * draws);
      inputs.put(
          "uniforms",
          network instanceof MultiBandGruNetwork
              ? new Tensor(uniforms, 1, samples, draws)
              : new Tensor(uniforms, 1, draws));
      inputs.put("temperature", new Tensor(new float[] {1}, 1));
      float[] found = output(vocoder.graph(GraphKind.STEP).run(inputs), "logits");
      for (int i = 0; i < samples; i++) {
        double[] expected =
            reference.score(state, utterance.conditioning(), t + i, utterance.audio()[t + i]);
        worst = Errors.larger(worst, expected, found, i * expected.length);
      }
    }
    return worst;
  }

  private float[] generate() {
    Map<String, Tensor> inputs = sequenceInputs();
    int draws = model.network().draws();
    inputs.put("uniforms", new Tensor(utterance.uniforms(), 1, utterance.samples(), draws));
    inputs.put("temperature", new Tensor(new float[] {1}, 1));
    return output(vocoder.graph(GraphKind.GENERATE).run(inputs), "audio");
  }

  /** The reference draws every sample from the state that the graph's own samples lead to. */
  private double otherDraws(
      float[] audio,
      Arithmetic arithmetic,
      org.wavebridge.conformance.reference.Conditioning given) {
    ReferenceNetwork reference = new Reference(model, arithmetic).network();
    ReferenceState state = reference.initialState();
    int draws = model.network().draws();
    int other = 0;
    double[] uniforms = new double[draws];
    for (int t = 0; t < audio.length; t++) {
      for (int d = 0; d < draws; d++) {
        uniforms[d] = utterance.uniforms()[t * draws + d];
      }
      double drawn = reference.draw(state.copy(), given, t, uniforms, 1).audio();
      if (!(Math.abs(drawn - audio[t]) <= SAME_DRAW)) {
        other++;
      }
      reference.score(state, given, t, audio[t]);
    }
    return (double) other / audio.length;
  }

  /**
   * How many values are not bit for bit those of the reference's canonical f32 mode on the same
   * conditioning.
   */
  private double notCanonical(float[] audio) {
    Reference reference = new Reference(model, Arithmetic.CANONICAL_F32);
    double[] expected =
        reference.generate(
            reference.network().initialState(),
            ReferenceInputs.of(model, conditioning),
            0,
            utterance.uniforms(),
            1);
    int other = 0;
    for (int t = 0; t < audio.length; t++) {
      if ((float) expected[t] != audio[t]) {
        other++;
      }
    }
    return other;
  }

  private Map<String, Tensor> sequenceInputs() {
    Map<String, Tensor> inputs = new HashMap<>();
    for (Conditioning tensor : Conditioning.of(model)) {
      float[] values = output(conditioning, tensor.name());
      int vectors =
          switch (tensor.rate()) {
            case FRAME -> values.length / tensor.size();
            case SAMPLE -> utterance.samples();
          };
      inputs.put(
          tensor.name(),
          new Tensor(Arrays.copyOf(values, vectors * tensor.size()), 1, vectors, tensor.size()));
    }
    ReferenceState start = new Reference(model, Arithmetic.DOUBLE).network().initialState();
    inputs.put("previous", row(start.previous()));
    inputs.put("state", row(start.hidden()));
    return inputs;
  }

  private Map<String, Tensor> stepConditioning(int t) {
    Map<String, Tensor> inputs = new HashMap<>();
    for (Conditioning tensor : Conditioning.of(model)) {
      int vector =
          switch (tensor.rate()) {
            case FRAME -> t / model.samplesPerVector();
            case SAMPLE -> t;
          };
      float[] values = output(conditioning, tensor.name());
      int size = ReferenceInputs.vectorSize(model, tensor.size());
      inputs.put(
          tensor.name(),
          new Tensor(Arrays.copyOfRange(values, vector * size, (vector + 1) * size), 1, size));
    }
    return inputs;
  }

  private static Tensor row(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return new Tensor(floats, 1, values.length);
  }

  private static float[] output(Map<String, Tensor> outputs, String name) {
    Tensor tensor = outputs.get(name);
    if (tensor == null) {
      throw new GraphException("no output '" + name + "', only " + outputs.keySet());
    }
    return tensor.values();
  }
}
