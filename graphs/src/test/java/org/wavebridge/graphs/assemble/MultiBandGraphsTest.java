package org.wavebridge.graphs.assemble;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.multibandgru.MultiBandGruNetwork;
import org.wavebridge.graphs.random.RandomModels;

/** The graphs of a multi-band network in stock ONNX Runtime, that is, their function bodies. */
final class MultiBandGraphsTest {
  private static final int ROWS = 2;
  private static final int FRAMES = 5;
  private static final int STEPS = 3;

  /** A tree where the bands are a power of two, else a bank of as many. */
  private static VocoderModel model(int bands) {
    BandSynthesis synthesis =
        Integer.bitCount(bands) == 1
            ? RandomModels.tree(Integer.numberOfTrailingZeros(bands))
            : CosineModulatedBank.kaiser(bands, 6, 9);
    return RandomModels.multiBand(bands, 32, 6, synthesis, STEPS, 5, 0.4, new BlockShape(4, 4));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 8})
  void acceptedByTheOfficialChecker(int bands) {
    Map<GraphKind, ?> graphs = VocoderGraphs.build(model(bands));
    assertEquals(
        List.of(
            GraphKind.CONDITIONER,
            GraphKind.STEP,
            GraphKind.GENERATE,
            GraphKind.SYNTHESIS,
            GraphKind.SCORE),
        List.copyOf(graphs.keySet()));
    VocoderGraphs.build(model(bands)).values().forEach(graph -> OnnxChecker.check(graph.toBytes()));
  }

  /** Every conditioning vector depends on its own frame and some before it, on none after it. */
  @Test
  void theConditionerIsCausal() throws OrtException {
    VocoderModel model = model(4);
    assertEquals(5, model.conditioner().contextFrames());
    float[] features = random(1, 6 * 8).clone();
    float[] changed = features.clone();
    for (int mel = 0; mel < 6; mel++) {
      changed[mel * 8 + 1] += 1;
    }
    int size = 2 * 96;
    float[] before =
        run(model, GraphKind.CONDITIONER, Map.of("features", in(features, 1, 6, 8)))
            .get("conditioning");
    float[] after =
        run(model, GraphKind.CONDITIONER, Map.of("features", in(changed, 1, 6, 8)))
            .get("conditioning");
    for (int frame = 0; frame < 8; frame++) {
      boolean same =
          Arrays.equals(
              before, frame * size, (frame + 1) * size, after, frame * size, (frame + 1) * size);
      if (frame < 1 || frame > 6) {
        assertTrue(same, "frame " + frame);
      } else if (frame <= 3) {
        assertFalse(same, "frame " + frame);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 8})
  void generateInChunksStepsAndScoreAgree(int bands) throws OrtException {
    VocoderModel model = model(bands);
    int hop = model.features().hop();
    int samples = FRAMES * hop;
    float[] conditioning =
        run(
                model,
                GraphKind.CONDITIONER,
                Map.of("features", in(random(2, ROWS * 6 * FRAMES), ROWS, 6, FRAMES)))
            .get("conditioning");
    float[] uniforms = random(3, ROWS * samples * 2);
    Map<String, float[]> whole =
        generate(
            model,
            conditioning,
            uniforms,
            0,
            FRAMES,
            new float[ROWS * bands],
            new float[ROWS * 32]);
    Map<String, float[]> first =
        generate(
            model, conditioning, uniforms, 0, 2, new float[ROWS * bands], new float[ROWS * 32]);
    Map<String, float[]> second =
        generate(
            model,
            conditioning,
            uniforms,
            2,
            FRAMES,
            first.get("next_previous"),
            first.get("next_state"));
    float[] audio = whole.get("audio");
    for (int row = 0; row < ROWS; row++) {
      for (int t = 0; t < samples; t++) {
        float chunked =
            t < 2 * hop
                ? first.get("audio")[row * 2 * hop + t]
                : second.get("audio")[row * 3 * hop + t - 2 * hop];
        assertEquals(audio[row * samples + t], chunked, "row " + row + " sample " + t);
        assertEquals(Math.rint(chunked * 32768), chunked * 32768, "a 16-bit sample");
      }
    }
    assertTrue(Arrays.stream(boxed(audio)).distinct().count() > samples / 2, "not constant");

    Map<String, Input> given = new HashMap<>();
    given.put("conditioning", in(conditioning, ROWS, FRAMES, 192));
    given.put("audio", in(audio, ROWS, samples));
    given.put("previous", in(new float[ROWS * bands], ROWS, bands));
    given.put("state", in(new float[ROWS * 32], ROWS, 32));
    Map<String, float[]> score = run(model, GraphKind.SCORE, given);
    assertArrayEquals(whole.get("next_state"), score.get("next_state"), 1e-5f);
    assertArrayEquals(whole.get("next_previous"), score.get("next_previous"));
    steps(model, conditioning, uniforms, audio, score.get("logits"));
  }

  /** The step graph makes the same samples from the same outputs. */
  private static void steps(
      VocoderModel model, float[] conditioning, float[] uniforms, float[] audio, float[] logits)
      throws OrtException {
    int bands = model.network().samplesPerStep();
    int steps = audio.length / ROWS / bands;
    float[] previous = new float[ROWS * bands];
    float[] state = new float[ROWS * 32];
    int size = bands * 15;
    for (int t = 0; t < steps; t++) {
      Map<String, Input> inputs = new HashMap<>();
      inputs.put("conditioning", in(rows(conditioning, t / STEPS, 96), ROWS, 96));
      inputs.put("uniforms", in(rows(uniforms, t, 2 * bands), ROWS, bands, 2));
      inputs.put("previous", in(previous, ROWS, bands));
      inputs.put("state", in(state, ROWS, 32));
      inputs.put("temperature", in(new float[] {1, 1}, ROWS));
      Map<String, float[]> made = run(model, GraphKind.STEP, inputs);
      assertArrayEquals(rows(audio, t, bands), made.get("audio"), 1.01f / 32768, "step " + t);
      assertArrayEquals(rows(logits, t, size), made.get("logits"), 2e-4f, "step " + t);
      previous = rows(audio, t, bands);
      state = made.get("next_state");
    }
  }

  /** Synthesis in pieces gives what it gives at once, and bands of silence are silence. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 8})
  void synthesisCarriesItsState(int bands) throws OrtException {
    VocoderModel model = model(bands);
    int size = ((MultiBandGruNetwork) model.network()).synthesis().stateSize();
    float[] values = random(7, ROWS * 20 * bands);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.rint((values[i] - 0.5) * 32768) / 32768;
    }
    float[] whole = synthesis(model, values, new float[ROWS * size]).get("waveform");
    Map<String, float[]> first =
        synthesis(model, part(values, 0, 7 * bands), new float[ROWS * size]);
    Map<String, float[]> second =
        synthesis(model, part(values, 7 * bands, 20 * bands), first.get("next_state"));
    for (int row = 0; row < ROWS; row++) {
      for (int t = 0; t < 20 * bands; t++) {
        float found =
            t < 7 * bands
                ? first.get("waveform")[row * 7 * bands + t]
                : second.get("waveform")[row * 13 * bands + t - 7 * bands];
        assertEquals(whole[row * 20 * bands + t], found, "row " + row + " sample " + t);
      }
    }
    float[] silence =
        synthesis(model, new float[ROWS * 8 * bands], new float[ROWS * size]).get("waveform");
    assertArrayEquals(new float[ROWS * 8 * bands], silence);
  }

  @Test
  void whatDoesNotBelongTogetherIsRefused() {
    VocoderModel model = model(4);
    VocoderModel other =
        RandomModels.residualGru(4, 12, 6, List.of(3, 2), new Head.Categorical(32));
    assertThrows(IllegalArgumentException.class, () -> model.with(other.conditioner()));
    assertThrows(IllegalArgumentException.class, () -> other.with(model.conditioner()));
    assertThrows(IllegalArgumentException.class, () -> model.with(other.network()));
  }

  private static Map<String, float[]> synthesis(VocoderModel model, float[] values, float[] state)
      throws OrtException {
    return run(
        model,
        GraphKind.SYNTHESIS,
        Map.of(
            "values", in(values, ROWS, values.length / ROWS),
            "state", in(state, ROWS, state.length / ROWS)));
  }

  private static Map<String, float[]> generate(
      VocoderModel model,
      float[] conditioning,
      float[] uniforms,
      int from,
      int to,
      float[] previous,
      float[] state)
      throws OrtException {
    int hop = model.features().hop();
    Map<String, Input> inputs = new HashMap<>();
    inputs.put("conditioning", in(part(conditioning, from * 192, to * 192), ROWS, to - from, 192));
    inputs.put(
        "uniforms",
        in(part(uniforms, from * hop * 2, to * hop * 2), ROWS, (long) (to - from) * hop, 2));
    inputs.put("previous", in(previous, ROWS, previous.length / ROWS));
    inputs.put("state", in(state, ROWS, 32));
    inputs.put("temperature", in(new float[] {1, 1}, ROWS));
    return run(model, GraphKind.GENERATE, inputs);
  }

  /** Values {@code from .. to} of every row. */
  private static float[] part(float[] values, int from, int to) {
    int length = values.length / ROWS;
    float[] part = new float[ROWS * (to - from)];
    for (int row = 0; row < ROWS; row++) {
      System.arraycopy(values, row * length + from, part, row * (to - from), to - from);
    }
    return part;
  }

  private static float[] rows(float[] values, int index, int size) {
    return part(values, index * size, (index + 1) * size);
  }

  private static Float[] boxed(float[] values) {
    List<Float> list = new ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return list.toArray(Float[]::new);
  }

  private static float[] random(long seed, int size) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextInt(1 << 24) * 0x1p-24f;
    }
    return values;
  }

  private record Input(float[] values, long... shape) {}

  private static Input in(float[] values, long... shape) {
    return new Input(values, shape);
  }

  private static Map<String, float[]> run(
      VocoderModel model, GraphKind kind, Map<String, Input> inputs) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> given = new HashMap<>();
    for (var input : inputs.entrySet()) {
      FloatBuffer buffer = FloatBuffer.wrap(input.getValue().values());
      given.put(
          input.getKey(), OnnxTensor.createTensor(environment, buffer, input.getValue().shape()));
    }
    byte[] graph = VocoderGraphs.build(model).get(kind).toBytes();
    Map<String, float[]> results = new HashMap<>();
    try (OrtSession session = environment.createSession(graph);
        OrtSession.Result result = session.run(given)) {
      for (var output : result) {
        FloatBuffer buffer = ((OnnxTensor) output.getValue()).getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        results.put(output.getKey(), values);
      }
    }
    given.values().forEach(OnnxTensor::close);
    return results;
  }
}
