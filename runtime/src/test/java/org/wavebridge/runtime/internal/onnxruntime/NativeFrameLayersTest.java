package org.wavebridge.runtime.internal.onnxruntime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.ContextLayers;
import org.wavebridge.graphs.op.ConvolveFrames;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.runtime.internal.library.NativeLibrary;

/** Layers over frames: the kernel to the bit, the function body nearly, the plain computation. */
final class NativeFrameLayersTest {
  private static final int ROWS = 2;

  /** Layers, the numbers that they read, and what must come of them. */
  private static final class Stack {
    final List<ConvolveFrames.Layer> layers = new ArrayList<>();
    final int channels;
    final float[] x;
    final float[] past;
    final int pastSize;
    int outputs;

    Stack(long seed, int frames) {
      Random random = new Random(seed);
      channels = 1 + random.nextInt(21);
      int size = channels;
      int before = 0;
      int perFrame = 1;
      int count = 1 + random.nextInt(6);
      for (int i = 0; i < count; i++) {
        int kernel = perFrame == 1 ? 1 + random.nextInt(3) : 1;
        int skip = before == 0 ? random.nextInt(2) : random.nextInt(3);
        int rows = skip == 0 ? 2 * (1 + random.nextInt(20)) : skip == 1 ? size : before;
        int split = skip == 0 ? 1 + random.nextInt(2) : 1;
        float[] bias = numbers(random, rows);
        WeightMatrix weight =
            WeightMatrix.dense(
                "layer" + i, rows, kernel * size, numbers(random, rows * kernel * size));
        ContextLayer layer =
            new ContextLayer(weight, bias, kernel, 1 + random.nextInt(4), random.nextBoolean());
        layers.add(new ConvolveFrames.Layer(layer, random.nextBoolean(), skip, split));
        outputs = perFrame * rows;
        before = split == 1 ? size : 0;
        size = rows / split;
        perFrame *= split;
      }
      pastSize = layers.stream().mapToInt(ConvolveFrames.Layer::past).sum();
      x = numbers(random, ROWS * frames * channels);
      past = numbers(random, ROWS * pastSize);
    }

    private static float[] numbers(Random random, int count) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = random.nextFloat() - 0.5f;
      }
      return values;
    }

    byte[] model() {
      ModelBuilder g = new ModelBuilder("layers", "");
      float[] flat =
          ContextLayers.flat(layers.stream().map(ConvolveFrames.Layer::convolution).toList());
      List<Value> made =
          g.node(
              ConvolveFrames.in(layers),
              List.of(
                  g.input("x", Dim.N, Dim.F, Dim.of(channels)),
                  g.input("past", Dim.N, Dim.of(pastSize)),
                  g.initializer("layers", flat, flat.length)),
              ConvolveFrames.attributes(layers));
      g.output("y", made.get(0), Dim.N, Dim.F, Dim.of(outputs));
      g.output("next_past", made.get(1), Dim.N, Dim.of(pastSize));
      return g.build().toBytes();
    }

    /** One layer after the other over all frames of a row, in canonical sums: y, next_past. */
    List<float[]> expected(int row) {
      float[] made = part(x, row);
      float[] older = part(past, row);
      float[] before = made;
      float[] next = new float[pastSize];
      int at = 0;
      int frames = x.length / ROWS / channels;
      for (ConvolveFrames.Layer layer : layers) {
        ContextLayer convolution = layer.convolution();
        float[] read = made.clone();
        for (int i = 0; layer.reluBefore() && i < read.length; i++) {
          read[i] = Math.max(read[i], 0);
        }
        float[] joined = join(Arrays.copyOfRange(older, at, at + layer.past()), read);
        System.arraycopy(joined, joined.length - layer.past(), next, at, layer.past());
        at += layer.past();
        float[] result = convolve(convolution, joined, made.length / convolution.inputs());
        float[] added = layer.skip() == 1 ? made : before;
        for (int i = 0; layer.skip() > 0 && i < result.length; i++) {
          result[i] = added[i] + result[i];
        }
        before = made;
        made = result;
      }
      assertEquals(frames * outputs, made.length);
      return List.of(made, next);
    }

    private static float[] convolve(ContextLayer layer, float[] x, int vectors) {
      WeightMatrix matrix = layer.weight();
      double[] bias = RowValues.doubles(layer.bias());
      float[] result = new float[vectors * layer.outputs()];
      for (int vector = 0; vector < vectors; vector++) {
        float[] taps = new float[matrix.columns()];
        for (int k = 0; k < layer.kernel(); k++) {
          System.arraycopy(
              x,
              (vector + k * layer.dilation()) * layer.inputs(),
              taps,
              k * layer.inputs(),
              layer.inputs());
        }
        float[] made =
            RowValues.floats(
                Arithmetic.CANONICAL_F32.affine(matrix, RowValues.doubles(taps), bias));
        for (int i = 0; i < made.length; i++) {
          result[vector * made.length + i] = layer.relu() ? Math.max(made[i], 0) : made[i];
        }
      }
      return result;
    }

    private static float[] part(float[] rows, int row) {
      int size = rows.length / ROWS;
      return Arrays.copyOfRange(rows, row * size, (row + 1) * size);
    }
  }

  private static float[] join(float[]... parts) {
    int size = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    float[] all = new float[size];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private static OrtSession session(byte[] model, boolean kernel) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      if (kernel) {
        options.registerCustomOpLibrary(NativeLibrary.OPERATORS.path().toString());
      }
      options.setIntraOpNumThreads(2);
      return OrtEnvironment.getEnvironment().createSession(model, options);
    }
  }

  private static List<float[]> run(OrtSession session, Stack stack, float[] x, float[] past)
      throws OrtException {
    long rows = stack.pastSize == 0 ? ROWS : past.length / stack.pastSize;
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] shape = {rows, x.length / rows / stack.channels, stack.channels};
    try (OnnxTensor given = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), shape);
        OnnxTensor kept =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(past), new long[] {rows, stack.pastSize});
        OrtSession.Result result = session.run(Map.of("x", given, "past", kept))) {
      List<float[]> outputs = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        FloatBuffer buffer = ((OnnxTensor) result.get(i)).getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        outputs.add(values);
      }
      return outputs;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 9, 64, 65, 150})
  void kernelAndBodyAreThePlainComputation(int frames) throws OrtException {
    for (int seed = 0; seed < 12; seed++) {
      Stack stack = new Stack(seed, frames);
      List<float[]> first = stack.expected(0);
      List<float[]> second = stack.expected(1);
      String what = "seed " + seed + " " + stack.layers;
      try (OrtSession kernel = session(stack.model(), true);
          OrtSession body = session(stack.model(), false)) {
        List<float[]> made = run(kernel, stack, stack.x, stack.past);
        List<float[]> near = run(body, stack, stack.x, stack.past);
        for (int output = 0; output < 2; output++) {
          float[] expected = join(first.get(output), second.get(output));
          assertArrayEquals(expected, made.get(output), what);
          assertArrayEquals(expected, near.get(output), 1e-4f, what);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"150,1", "150,7", "150,64", "150,65"})
  void callsGiveWhatOneCallGives(int frames, int each) throws OrtException {
    for (int seed = 20; seed < 26; seed++) {
      Stack stack = new Stack(seed, frames);
      float[] x = Stack.part(stack.x, 0);
      float[] past = Stack.part(stack.past, 0);
      List<float[]> expected = stack.expected(0);
      try (OrtSession session = session(stack.model(), true)) {
        List<float[]> made = new ArrayList<>();
        for (int from = 0; from < frames; from += each) {
          int to = Math.min(frames, from + each);
          float[] some = Arrays.copyOfRange(x, from * stack.channels, to * stack.channels);
          List<float[]> outputs =
              stack.pastSize == 0
                  ? List.of(
                      Arrays.copyOfRange(expected.get(0), from * stack.outputs, to * stack.outputs),
                      past)
                  : run(session, stack, some, past);
          made.add(outputs.get(0));
          past = outputs.get(1);
        }
        assertArrayEquals(expected.get(0), join(made.toArray(float[][]::new)), "seed " + seed);
        assertArrayEquals(expected.get(1), past, "seed " + seed);
      }
    }
  }

  /** Two sound layers, of 3 to 4 channels with two taps, and of 4 to 4 channels. */
  private static OneNodeModel two() {
    return new OneNodeModel("ConvolveFrames", "y", "next_past")
        .input("x", new float[2 * 5 * 3], 2, 5, 3)
        .input("past", new float[2 * 6], 2, 6)
        .floats("layers", new float[4 * 7 + 4 * 5], 4 * 7 + 4 * 5)
        .attribute("channels", 3)
        .attributes("kernels", 2, 1)
        .attributes("dilations", 2, 1)
        .attributes("outputs", 4, 4)
        .attributes("relus_before", 0, 1)
        .attributes("relus", 1, 0)
        .attributes("skips", 0, 1)
        .attributes("splits", 1, 2);
  }

  private static void assertRefused(String message, String attribute, long... values) {
    assertRefused(message, two().withoutAttribute(attribute).attributes(attribute, values));
  }

  private static void assertRefused(String message, OneNodeModel model) {
    String found = assertThrows(OrtException.class, model::session).getMessage();
    assertTrue(found.contains(message), () -> "expected: " + message + "\nfound: " + found);
  }

  @Test
  void soundLayersRun() throws OrtException {
    assertEquals(2 * 5 * 4, two().run().get(0).length);
  }

  @Test
  void layersThatDoNotFit() {
    assertRefused("attribute 'kernels': expected 1 to 1024 integers", "kernels");
    assertRefused("attribute 'kernels'[0]: expected at most 349525 taps", "kernels", 400000, 1);
    assertRefused("attribute 'dilations'", "dilations", 2);
    OneNodeModel four = two().withoutAttribute("kernels").attributes("kernels", 4, 1);
    OneNodeModel far = four.withoutAttribute("dilations").attributes("dilations", 1 << 20, 1);
    assertRefused("numbers that the layers keep, found 9437184 up to layer [0]", far);
    OneNodeModel narrow = two().withoutAttribute("skips").attributes("skips", 0, 0);
    narrow.withoutAttribute("outputs").attributes("outputs", 4, 2);
    assertRefused("layers: expected [Z = 38], found [48]", narrow);
    assertRefused("attribute 'splits'[1]: expected a divisor of 4", "splits", 1, 3);
    OneNodeModel twice = two().withoutAttribute("splits").attributes("splits", 2, 1);
    OneNodeModel joined = twice.withoutAttribute("kernels").attributes("kernels", 2, 2);
    assertRefused("attribute 'kernels'[1]: expected 1, as a frame has 2 vectors", joined);
    assertRefused(
        "attribute 'skips'[1]: expected 0, as 1 vectors of 3 cannot be added to 1 of 4",
        "skips",
        0,
        2);
    assertRefused(
        "attribute 'skips'[0]: expected 0 or 1 in the first layer, found 2", "skips", 2, 0);
  }

  @Test
  void pastOfAnotherSize() {
    OneNodeModel model = two().value("past", new float[10], 2, 5);
    String found = assertThrows(OrtException.class, model::run).getMessage();
    assertTrue(found.contains("past: expected [N = 2, S = 6], found [2, 5]"), found);
  }
}
