package org.wavebridge.runtime.internal.onnxruntime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.runtime.internal.onnxruntime.CanonicalNetworks.Run;

/** The native operators inside ONNX Runtime give the bits that the plain computation gives. */
final class NativeOperatorsTest {
  private static final int ROWS = 3;
  private static final int MANY_ROWS = 19;

  private static void assertRows(List<Run> expected, List<float[]> found, boolean score) {
    assertEquals(3, found.size());
    assertBits(
        join(expected.stream().map(score ? Run::logits : Run::audio).toList()), found.get(0));
    assertBits(join(expected.stream().map(Run::previous).toList()), found.get(1));
    assertBits(join(expected.stream().map(Run::state).toList()), found.get(2));
  }

  private static void assertBits(float[] expected, float[] found) {
    assertArrayEquals(bits(expected), bits(found));
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }

  private static float[] join(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  @ParameterizedTest
  @CsvSource({"16,1", "8,1", "4,4", "1,4", "1,8", "1,1", "48,21"})
  void blockSparseGemm(int height, int width) throws OrtException {
    TestNetworks random = new TestNetworks(1, false);
    CanonicalNetworks.Weight weight = random.weight("W", 48, 21);
    float[] bias = random.numbers(48, 1);
    float[] x = random.numbers(MANY_ROWS * 21, 1);
    List<float[]> expected = new ArrayList<>();
    for (int row = 0; row < MANY_ROWS; row++) {
      expected.add(CanonicalNetworks.affine(weight, x, row * 21, bias));
    }
    OneNodeModel model =
        new OneNodeModel("BlockSparseGemm", "y")
            .input("x", x, MANY_ROWS, 21)
            .weight(weight, height, width)
            .floats("bias", bias, 48)
            .attribute("inputs", 21);
    assertBits(join(expected), model.run().get(0));
  }

  @ParameterizedTest
  @CsvSource({"false,false", "true,false", "false,true", "true,true"})
  void dualSoftmax(boolean score, boolean int8) throws OrtException {
    TestNetworks.Dual network = new TestNetworks.Dual(2, ROWS, 9, int8);
    assertRows(network.expected(score), network.model(score).run(), score);
  }

  @ParameterizedTest
  @CsvSource({
    "false,0,false", "true,0,false", "false,4,false", "true,4,false",
    "false,0,true", "true,0,true", "false,4,true", "true,4,true"
  })
  void residualGru(boolean score, int mixtures, boolean int8) throws OrtException {
    TestNetworks.Residual network = new TestNetworks.Residual(3, ROWS, 9, mixtures, int8);
    assertRows(network.expected(score), network.model(score).run(), score);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 16, 17, 64})
  void anyNumberOfRows(int rows) throws OrtException {
    for (boolean int8 : new boolean[] {false, true}) {
      TestNetworks.Dual dual = new TestNetworks.Dual(8, rows, 9, int8);
      assertRows(dual.expected(false), dual.model(false).run(), false);
      TestNetworks.Residual residual = new TestNetworks.Residual(9, rows, 9, 0, int8);
      assertRows(residual.expected(false), residual.model(false).run(), false);
    }
  }

  @Test
  void noSamplesPassStateAndPreviousThrough() throws OrtException {
    TestNetworks.Dual network = new TestNetworks.Dual(4, ROWS, 0);
    List<float[]> found = network.model(false).run();
    assertEquals(0, found.get(0).length);
    assertBits(network.previous(), found.get(1));
    assertBits(network.state(), found.get(2));
  }

  @Test
  void noRowsGiveNoOutput() throws OrtException {
    for (float[] output : new TestNetworks.Dual(5, 0, 9).model(false).run()) {
      assertEquals(0, output.length);
    }
    for (float[] output : new TestNetworks.Residual(5, 0, 9, 0).model(true).run()) {
      assertEquals(0, output.length);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void threadsShareOneSession(boolean int8)
      throws OrtException, InterruptedException, ExecutionException {
    TestNetworks.Dual network = new TestNetworks.Dual(6, ROWS, 9, int8);
    OneNodeModel model = network.model(false);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (OrtSession session = model.session()) {
      Callable<List<float[]>> run = () -> model.run(session);
      for (Future<List<float[]>> result :
          threads.invokeAll(java.util.Collections.nCopies(16, run))) {
        assertRows(network.expected(false), result.get(), false);
      }
    } finally {
      threads.shutdown();
    }
  }
}
