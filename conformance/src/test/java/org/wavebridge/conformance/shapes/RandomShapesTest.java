package org.wavebridge.conformance.shapes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.conformance.verify.ReferenceInputs;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Reference;
import org.wavebridge.reference.ReferenceState;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Networks of random sizes, block shapes and densities, in both precisions, with any number of rows
 * and threads: the {@code cpu} backend gives the bits of the canonical reference.
 */
final class RandomShapesTest {
  private static final int HOP = 5;
  private static final int SAMPLES = 12;
  private static final int FRAMES = 3;
  private static final BlockShape DENSE = new BlockShape(1, 1);
  private static final List<BlockShape> BLOCKS =
      List.of(
          new BlockShape(16, 1),
          new BlockShape(8, 1),
          new BlockShape(4, 4),
          new BlockShape(1, 4),
          new BlockShape(1, 8),
          DENSE);
  private static final List<Integer> ROWS = List.of(1, 1, 1, 2, 3, 5, 16, 17, 33, 64);

  @TempDir Path folder;

  static LongStream seeds() {
    return LongStream.range(0, 12);
  }

  static LongStream manySeeds() {
    return LongStream.range(12, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void dualSoftmax(long seed) {
    Random random = new Random(seed);
    BlockShape block = BLOCKS.get((int) seed % BLOCKS.size());
    int hidden = 2 * block.height() * (1 + random.nextInt(80 / block.height()));
    int mels = 1 + random.nextInt(21);
    VocoderModel dense = RandomModels.dualSoftmax(seed, hidden, mels, HOP, 1, DENSE);
    check(random, dense, block, ROWS.get(random.nextInt(ROWS.size())));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void residualGru(long seed) {
    Random random = new Random(seed);
    BlockShape block = BLOCKS.get((int) seed % BLOCKS.size());
    int hidden = block.height() * (1 + random.nextInt(60 / block.height()));
    int mels = 1 + random.nextInt(21);
    List<Head> heads = new ArrayList<>(ResidualGruNetwork.HEADS);
    heads.add(new Head.Categorical(2 + random.nextInt(100)));
    heads.add(new Head.MixtureOfLogistics(1 + random.nextInt(20)));
    Head head = heads.get(random.nextInt(heads.size()));
    VocoderModel dense = RandomModels.residualGru(seed, hidden, mels, List.of(HOP), head);
    check(random, dense, block, ROWS.get(random.nextInt(ROWS.size())));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("manySeeds")
  void manyShapes(long seed) {
    dualSoftmax(seed);
    residualGru(seed);
  }

  /** Large enough to be worth dividing among threads. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void largeNetworks(int rows) {
    BlockShape block = BLOCKS.get(0);
    Random random = new Random(rows);
    check(random, RandomModels.dualSoftmax(1, 896, 20, HOP, 1, DENSE), block, rows);
    Head head = new Head.Categorical(512);
    check(random, RandomModels.residualGru(2, 512, 20, List.of(HOP), head), block, rows);
  }

  private void check(Random random, VocoderModel dense, BlockShape block, int rows) {
    double density = random.nextInt(6) / 5.0;
    VocoderModel model =
        block.equals(DENSE) ? dense : dense.with(sparse(dense.network(), block, density, random));
    VocoderModel quantised = Quantizer.quantise(model);
    Path bundle;
    try (StagedBundle staged =
        StagedBundle.write(
            model,
            Optional.of(quantised),
            new BundleManifest.Source("random", "0"),
            "test",
            folder.resolve("voice"))) {
      bundle = staged.publish();
    }
    Map<String, Tensor> inputs = inputs(random, model.network(), rows);
    String what = block + " density " + density + " rows " + rows;
    for (String precision : List.of("f32", "int8")) {
      List<Run> expected = runs(precision.equals("f32") ? model : quantised, inputs, rows);
      for (int threads = 1; threads <= 4; threads++) {
        VocoderOptions options = new VocoderOptions("cpu", precision, threads);
        try (Vocoder vocoder = Vocoder.open(bundle, options)) {
          assertRuns(
              what + " " + precision + " threads " + threads,
              expected,
              vocoder.graph(GraphKind.GENERATE),
              vocoder.graph(GraphKind.SCORE),
              inputs);
        }
      }
    }
  }

  /** The results of the reference for one row. */
  private record Run(float[] audio, float[] logits, float[] previous, float[] state) {}

  private static List<Run> runs(VocoderModel model, Map<String, Tensor> inputs, int rows) {
    Run[] runs = new Run[rows];
    for (int row = 0; row < rows; row++) {
      Map<String, Tensor> own = new HashMap<>();
      for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
        float[] values = input.getValue().values();
        int size = values.length / rows;
        own.put(
            input.getKey(),
            new Tensor(Arrays.copyOfRange(values, row * size, (row + 1) * size), size));
      }
      runs[row] = run(model, own);
    }
    return List.of(runs);
  }

  private static Run run(VocoderModel model, Map<String, Tensor> inputs) {
    Reference reference = new Reference(model, Arithmetic.CANONICAL_F32);
    ReferenceState start =
        ReferenceState.of(inputs.get("previous").values(), inputs.get("state").values());
    ReferenceState state = start.copy();
    var conditioning = ReferenceInputs.of(model, inputs);
    float[] audio =
        narrowed(reference.generate(state, conditioning, 0, inputs.get("uniforms").values(), 0.9f));
    float[][] logits = new float[SAMPLES][];
    reference.score(start, conditioning, 0, audio, (t, values) -> logits[t] = narrowed(values));
    return new Run(
        audio, joined(List.of(logits)), narrowed(state.previous()), narrowed(state.hidden()));
  }

  private static void assertRuns(
      String what,
      List<Run> expected,
      GraphSession generate,
      GraphSession score,
      Map<String, Tensor> inputs) {
    int rows = expected.size();
    float[] audio = joined(expected.stream().map(Run::audio).toList());
    Map<String, Tensor> given = new HashMap<>(inputs);
    given.put("temperature", Tensor.repeated(0.9f, rows));
    Map<String, Tensor> made = generate.run(given);
    assertBits(what + " audio", audio, made.get("audio"));
    assertBits(
        what + " previous",
        joined(expected.stream().map(Run::previous).toList()),
        made.get("next_previous"));
    assertBits(
        what + " state",
        joined(expected.stream().map(Run::state).toList()),
        made.get("next_state"));
    given.remove("temperature");
    given.remove("uniforms");
    given.put("audio", new Tensor(audio, rows, SAMPLES));
    assertBits(
        what + " logits",
        joined(expected.stream().map(Run::logits).toList()),
        score.run(given).get("logits"));
  }

  private static void assertBits(String what, float[] expected, Tensor found) {
    assertEquals(expected.length, found.values().length, what);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          Float.floatToIntBits(expected[i]),
          Float.floatToIntBits(found.values()[i]),
          what + " " + i + ": " + expected[i] + ", " + found.values()[i]);
    }
  }

  /** The inputs of {@code generate}, but the temperature. */
  private static Map<String, Tensor> inputs(Random random, StepNetwork network, int rows) {
    Map<String, Tensor> inputs = new HashMap<>();
    for (Conditioning tensor : network.conditioningTensors()) {
      int vectors = tensor.rate() == Conditioning.Rate.FRAME ? FRAMES : SAMPLES;
      float[] values = numbers(random, rows * vectors * tensor.size());
      inputs.put(tensor.name(), new Tensor(values, rows, vectors, tensor.size()));
    }
    float[] uniforms = new float[rows * SAMPLES * network.draws()];
    for (int i = 0; i < uniforms.length; i++) {
      uniforms[i] = random.nextInt(1 << 24) * 0x1p-24f;
    }
    inputs.put("uniforms", new Tensor(uniforms, rows, SAMPLES, network.draws()));
    int values = network.initialPrevious().length;
    inputs.put("previous", new Tensor(numbers(random, rows * values), rows, values));
    int states = network.stateSize();
    inputs.put("state", new Tensor(numbers(random, rows * states), rows, states));
    return inputs;
  }

  /** Between -1 and 1. */
  private static float[] numbers(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  /** Every matrix in blocks, as far as its rows can be divided, some of them zero. */
  private static StepNetwork sparse(
      StepNetwork network, BlockShape block, double density, Random random) {
    return network.map(
        matrix -> {
          if (matrix.rows() % block.height() != 0) {
            return matrix;
          }
          float[] values = matrix.values().clone();
          int across = (matrix.columns() + block.width() - 1) / block.width();
          boolean[] kept = new boolean[matrix.rows() / block.height() * across];
          for (int i = 0; i < kept.length; i++) {
            kept[i] = random.nextDouble() < density;
          }
          for (int i = 0; i < values.length; i++) {
            int row = i / matrix.columns() / block.height();
            int column = i % matrix.columns() / block.width();
            values[i] = kept[row * across + column] ? values[i] : 0;
          }
          return new WeightMatrix(
              matrix.name(), matrix.rows(), matrix.columns(), values, Optional.of(block));
        });
  }

  private static float[] narrowed(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static float[] joined(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
