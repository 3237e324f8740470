package org.wavebridge.runtime.internal.onnxruntime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wavebridge.runtime.internal.onnxruntime.RowValues.assertBits;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.reference.Arithmetic;

/** The native operators inside ONNX Runtime give the bits of the reference. */
final class NativeOperatorsTest {
  private static final int ROWS = 3;
  private static final int MANY_ROWS = 19;

  @ParameterizedTest
  @CsvSource({"16,1", "8,1", "4,4", "1,4", "1,8", "1,1", "48,21"})
  void blockSparseGemm(int height, int width) throws OrtException {
    RandomNumbers random = new RandomNumbers(1);
    WeightMatrix weight =
        WeightMatrix.dense("W", 48, 21, random.numbers(48 * 21, 0.5f))
            .in(new BlockShape(height, width));
    float[] bias = random.numbers(48, 1);
    float[] x = random.numbers(MANY_ROWS * 21, 1);
    RowValues expected = new RowValues();
    for (double[] row : RowValues.table(x, MANY_ROWS, 21)) {
      expected.add(Arithmetic.CANONICAL_F32.affine(weight, row, RowValues.doubles(bias)));
    }
    OneNodeModel model =
        new OneNodeModel("BlockSparseGemm", "y")
            .input("x", x, MANY_ROWS, 21)
            .weight(weight)
            .floats("bias", bias, 48)
            .attribute("inputs", 21);
    assertBits(expected.floats(), model.run().get(0));
  }

  @ParameterizedTest
  @CsvSource({"false,F32", "true,F32", "false,INT8", "true,INT8", "false,INT8_12", "true,INT8_12"})
  void dualSoftmax(boolean score, Profile profile) throws OrtException {
    NetworkNode.Dual network = new NetworkNode.Dual(2, ROWS, 9, profile);
    assertBits(network.expected(score), network.node(score).run());
  }

  @ParameterizedTest
  @CsvSource({
    "false,0,F32", "true,0,F32", "false,4,F32", "true,4,F32",
    "false,0,INT8", "true,0,INT8", "false,4,INT8", "true,4,INT8",
    "false,0,INT8_12", "true,0,INT8_12", "false,4,INT8_12", "true,4,INT8_12"
  })
  void residualGru(boolean score, int mixtures, Profile profile) throws OrtException {
    NetworkNode.Residual network = new NetworkNode.Residual(3, ROWS, 9, mixtures, profile);
    assertBits(network.expected(score), network.node(score).run());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 16, 17, 64})
  void anyNumberOfRows(int rows) throws OrtException {
    for (Profile profile : Profile.values()) {
      NetworkNode.Dual dual = new NetworkNode.Dual(8, rows, 9, profile);
      assertBits(dual.expected(false), dual.node(false).run());
      NetworkNode.Residual residual = new NetworkNode.Residual(9, rows, 9, 0, profile);
      assertBits(residual.expected(false), residual.node(false).run());
    }
  }

  @Test
  void noSamplesPassStateAndPreviousThrough() throws OrtException {
    NetworkNode.Dual network = new NetworkNode.Dual(4, ROWS, 0);
    List<float[]> found = network.node(false).run();
    assertEquals(0, found.get(0).length);
    assertBits(network.previous(), found.get(1));
    assertBits(network.state(), found.get(2));
  }

  @Test
  void noRowsGiveNoOutput() throws OrtException {
    for (float[] output : new NetworkNode.Dual(5, 0, 9).node(false).run()) {
      assertEquals(0, output.length);
    }
    for (float[] output : new NetworkNode.Residual(5, 0, 9, 0).node(true).run()) {
      assertEquals(0, output.length);
    }
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void threadsShareOneSession(Profile profile)
      throws OrtException, InterruptedException, ExecutionException {
    NetworkNode.Dual network = new NetworkNode.Dual(6, ROWS, 9, profile);
    OneNodeModel model = network.node(false);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (OrtSession session = model.session()) {
      Callable<List<float[]>> run = () -> model.run(session);
      for (Future<List<float[]>> result : threads.invokeAll(Collections.nCopies(16, run))) {
        assertBits(network.expected(false), result.get());
      }
    } finally {
      threads.shutdown();
    }
  }
}
