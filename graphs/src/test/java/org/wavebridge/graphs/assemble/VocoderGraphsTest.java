package org.wavebridge.graphs.assemble;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelScale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.random.RandomModels;

/**
 * Every graph of every kind of network: accepted by the official checker, run by stock ONNX
 * Runtime, and the graphs agree with each other.
 */
final class VocoderGraphsTest {
  private static final int ROWS = 2;
  private static final int FRAMES = 5;

  record NamedModel(String name, VocoderModel model) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<NamedModel> models() {
    MelAnalysis analysis =
        MelAnalysis.of(64, 40, 12000, MelScale.SLANEY, MelAnalysis.LogScale.DECIBEL)
            .normalised(100, 100)
            .clipped(0, 1);
    VocoderModel dual = RandomModels.dualSoftmax(1, 32, 6, 7, 0.3, new BlockShape(16, 1));
    Stream<NamedModel> heads =
        ResidualGruNetwork.HEADS.stream()
            .map(
                head ->
                    new NamedModel(
                        "residual_" + head,
                        RandomModels.residualGru(4, 12, 8, List.of(2, 3), head)));
    return Stream.concat(
        heads,
        Stream.of(
            new NamedModel(
                "lpcnet_tree",
                RandomModels.lpcNet(
                    5, 24, 6, 20, 0.5, new BlockShape(8, 4), ExcitationDraw.TREE, false)),
            new NamedModel(
                "lpcnet_softmax",
                RandomModels.lpcNet(
                    6, 16, 4, 17, 0.5, new BlockShape(16, 1), ExcitationDraw.SOFTMAX, true)),
            new NamedModel("dual_16x1", dual),
            new NamedModel(
                "dual_4x8_ragged",
                RandomModels.dualSoftmax(2, 20, 6, 7, 0.4, new BlockShape(4, 8))),
            new NamedModel(
                "dual_no_blocks", RandomModels.dualSoftmax(3, 16, 6, 7, 0, new BlockShape(1, 1))),
            new NamedModel(
                "dual_features", dual.with(new FeatureFormat(6, 7, Optional.of(analysis))))));
  }

  @ParameterizedTest
  @MethodSource("models")
  void acceptedByTheOfficialChecker(NamedModel named) {
    VocoderGraphs.build(named.model())
        .values()
        .forEach(model -> OnnxChecker.check(model.toBytes()));
  }

  @ParameterizedTest
  @MethodSource("models")
  void sameModelGivesTheSameBytes(NamedModel named) {
    var once = VocoderGraphs.build(named.model());
    VocoderGraphs.build(named.model())
        .forEach((kind, model) -> assertArrayEquals(once.get(kind).toBytes(), model.toBytes()));
  }

  @ParameterizedTest
  @MethodSource("models")
  void generateInChunksStepsAndScoreAgree(NamedModel named) throws OrtException {
    VocoderModel model = named.model();
    int hop = model.features().hop();
    int samples = FRAMES * hop;
    try (Graphs graphs = new Graphs(model)) {
      Map<String, float[]> conditioning =
          graphs.run(
              GraphKind.CONDITIONER,
              Map.of("features", random(9, ROWS, model.features().mels(), FRAMES)));
      float[] uniforms = random(10, ROWS, samples, model.network().draws()).values();
      Map<String, float[]> whole =
          graphs.generate(conditioning, uniforms, 0, FRAMES, graphs.start());
      Map<String, float[]> first = graphs.generate(conditioning, uniforms, 0, 2, graphs.start());
      Map<String, float[]> second = graphs.generate(conditioning, uniforms, 2, FRAMES, first);
      float[] audio = whole.get("audio");
      for (int row = 0; row < ROWS; row++) {
        for (int t = 0; t < samples; t++) {
          float chunked =
              t < 2 * hop
                  ? first.get("audio")[row * 2 * hop + t]
                  : second.get("audio")[row * 3 * hop + t - 2 * hop];
          assertEquals(audio[row * samples + t], chunked, 1e-5, "row " + row + " sample " + t);
        }
      }
      assertTrue(
          new TreeSet<>(IntStream.range(0, audio.length).mapToObj(i -> audio[i]).toList()).size()
              > 5,
          "not constant");
      assertArrayEquals(whole.get("next_state"), second.get("next_state"), 1e-5f);

      float[] logits = graphs.steps(conditioning, uniforms, audio);
      Map<String, float[]> score = graphs.score(conditioning, audio);
      assertArrayEquals(score.get("logits"), logits, 2e-4f);
      assertArrayEquals(whole.get("next_state"), score.get("next_state"), 1e-5f);
      assertArrayEquals(whole.get("next_previous"), score.get("next_previous"), 1e-6f);
    }
  }

  private static Input random(long seed, long... shape) {
    Random random = new Random(seed);
    int size = 1;
    for (long axis : shape) {
      size *= (int) axis;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextInt(1 << 24) * 0x1p-24f;
    }
    return new Input(values, shape);
  }

  record Input(float[] values, long... shape) {}

  /** The graphs of a model in stock ONNX Runtime. */
  private static final class Graphs implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final Map<GraphKind, OrtSession> sessions = new HashMap<>();
    private final VocoderModel model;
    private final List<Conditioning> tensors;

    Graphs(VocoderModel model) throws OrtException {
      this.model = model;
      tensors = model.network().conditioningTensors();
      for (var graph : VocoderGraphs.build(model).entrySet()) {
        sessions.put(graph.getKey(), environment.createSession(graph.getValue().toBytes()));
      }
    }

    Map<String, float[]> run(GraphKind kind, Map<String, Input> inputs) throws OrtException {
      Map<String, OnnxTensor> given = new HashMap<>();
      for (var input : inputs.entrySet()) {
        given.put(
            input.getKey(),
            OnnxTensor.createTensor(
                environment,
                FloatBuffer.wrap(input.getValue().values()),
                input.getValue().shape()));
      }
      Map<String, float[]> results = new HashMap<>();
      try (OrtSession.Result result = sessions.get(kind).run(given)) {
        for (var output : result) {
          OnnxTensor tensor = (OnnxTensor) output.getValue();
          float[] values = new float[tensor.getFloatBuffer().remaining()];
          tensor.getFloatBuffer().get(values);
          results.put(output.getKey(), values);
        }
      }
      given.values().forEach(OnnxTensor::close);
      return results;
    }

    Map<String, float[]> start() {
      float[] initial = model.network().initialPrevious();
      float[] previous = new float[ROWS * initial.length];
      for (int row = 0; row < ROWS; row++) {
        System.arraycopy(initial, 0, previous, row * initial.length, initial.length);
      }
      return Map.of(
          "next_previous", previous, "next_state", new float[ROWS * model.network().stateSize()]);
    }

    Map<String, float[]> generate(
        Map<String, float[]> conditioning,
        float[] uniforms,
        int from,
        int to,
        Map<String, float[]> before)
        throws OrtException {
      int hop = model.features().hop();
      Map<String, Input> inputs = carried(before);
      slices(conditioning, from, to, inputs);
      int draws = model.network().draws();
      inputs.put("uniforms", slice(uniforms, FRAMES * hop, from * hop, to * hop, draws));
      inputs.put("temperature", new Input(new float[] {1, 1}, ROWS));
      return run(GraphKind.GENERATE, inputs);
    }

    Map<String, float[]> score(Map<String, float[]> conditioning, float[] audio)
        throws OrtException {
      Map<String, Input> inputs = carried(start());
      slices(conditioning, 0, FRAMES, inputs);
      inputs.put("audio", new Input(audio, ROWS, audio.length / ROWS));
      return run(GraphKind.SCORE, inputs);
    }

    /** Runs the step graph over all samples and checks that it makes {@code audio}; all logits. */
    float[] steps(Map<String, float[]> conditioning, float[] uniforms, float[] audio)
        throws OrtException {
      int hop = model.features().hop();
      int samples = FRAMES * hop;
      int outputs = 0;
      float[] logits = new float[0];
      Map<String, float[]> made = start();
      for (int t = 0; t < samples; t++) {
        Map<String, Input> inputs = carried(made);
        for (Conditioning tensor : tensors) {
          boolean frame = tensor.rate() == Conditioning.Rate.FRAME;
          Input now =
              slice(
                  conditioning.get(tensor.name()),
                  frame ? FRAMES : samples,
                  frame ? t / hop : t,
                  (frame ? t / hop : t) + 1,
                  tensor.size());
          inputs.put(tensor.name(), new Input(now.values(), ROWS, tensor.size()));
        }
        int draws = model.network().draws();
        Input uniform = slice(uniforms, samples, t, t + 1, draws);
        inputs.put("uniforms", new Input(uniform.values(), ROWS, draws));
        inputs.put("temperature", new Input(new float[] {1, 1}, ROWS));
        made = run(GraphKind.STEP, inputs);
        outputs = made.get("logits").length / ROWS;
        logits = logits.length == 0 ? new float[ROWS * samples * outputs] : logits;
        for (int row = 0; row < ROWS; row++) {
          assertEquals(audio[row * samples + t], made.get("audio")[row], 1e-5, "sample " + t);
          System.arraycopy(
              made.get("logits"), row * outputs, logits, (row * samples + t) * outputs, outputs);
        }
      }
      return logits;
    }

    private Map<String, Input> carried(Map<String, float[]> before) {
      Map<String, Input> inputs = new HashMap<>();
      inputs.put(
          "previous",
          new Input(before.get("next_previous"), ROWS, before.get("next_previous").length / ROWS));
      inputs.put("state", new Input(before.get("next_state"), ROWS, model.network().stateSize()));
      return inputs;
    }

    private void slices(
        Map<String, float[]> conditioning, int from, int to, Map<String, Input> inputs) {
      int hop = model.features().hop();
      for (Conditioning tensor : tensors) {
        int rate = tensor.rate() == Conditioning.Rate.FRAME ? 1 : hop;
        inputs.put(
            tensor.name(),
            slice(
                conditioning.get(tensor.name()),
                FRAMES * rate,
                from * rate,
                to * rate,
                tensor.size()));
      }
    }

    private static Input slice(float[] values, int length, int from, int to, int size) {
      float[] part = new float[ROWS * (to - from) * size];
      for (int row = 0; row < ROWS; row++) {
        System.arraycopy(
            values,
            (row * length + from) * size,
            part,
            row * (to - from) * size,
            (to - from) * size);
      }
      return new Input(part, ROWS, to - from, size);
    }

    @Override
    public void close() throws OrtException {
      for (OrtSession session : sessions.values()) {
        session.close();
      }
    }
  }
}
