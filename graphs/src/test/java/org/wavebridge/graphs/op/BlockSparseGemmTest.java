package org.wavebridge.graphs.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.assemble.OnnxChecker;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;

/**
 * The function body of the sparse product, in stock ONNX Runtime, against the plain sum in double
 * precision.
 */
final class BlockSparseGemmTest {
  record Case(int rows, int inputs, int outputs, Optional<BlockShape> block, double density) {}

  static Stream<Case> cases() {
    return Stream.of(
        new Case(1, 8, 16, shape(16, 1), 0.5),
        new Case(3, 100, 48, shape(16, 1), 0.05),
        new Case(3, 100, 48, shape(8, 1), 0.3),
        new Case(2, 64, 16, shape(4, 4), 0.3),
        new Case(2, 63, 16, shape(4, 4), 0.6),
        new Case(4, 30, 7, shape(1, 8), 0.5),
        new Case(1, 5, 9, shape(3, 7), 0.7),
        new Case(2, 12, 8, shape(1, 4), 0),
        new Case(2, 12, 8, Optional.empty(), 0.5),
        new Case(16, 3, 1, shape(1, 1), 1));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bodyIsTheProduct(Case c) throws OrtException {
    Random random = new Random(c.hashCode());
    float[] x = values(random, c.rows() * c.inputs(), 1);
    float[] bias = values(random, c.outputs(), 1);
    WeightMatrix weight = weight(random, c);
    byte[] model = model(c, weight, bias);
    OnnxChecker.check(model);
    float[] y = run(model, x, c);
    for (int n = 0; n < c.rows(); n++) {
      for (int r = 0; r < c.outputs(); r++) {
        double sum = bias[r];
        double magnitude = Math.abs(bias[r]);
        for (int k = 0; k < c.inputs(); k++) {
          double term = (double) weight.at(r, k) * x[n * c.inputs() + k];
          sum += term;
          magnitude += Math.abs(term);
        }
        // gamma(K + 1) of an f32 sum in any order
        double bound = (c.inputs() + 1) * 0x1p-24 * 1.01 * magnitude;
        assertEquals(sum, y[n * c.outputs() + r], bound, "row " + n + " output " + r);
      }
    }
  }

  @Test
  void packingStoresOnlyBlocksThatAreNotZero() {
    float[] values = new float[4 * 6];
    values[1 * 6 + 5] = 2;
    values[3 * 6 + 0] = 3;
    WeightMatrix matrix = new WeightMatrix("w", 4, 6, values, shape(2, 4));
    PackedWeight packed = PackedWeight.of(matrix);
    assertEquals(2, packed.count());
    assertEquals(List.of(1, 0), List.of(packed.columns()[0], packed.columns()[1]));
    assertEquals(List.of(0, 1, 2), List.of(packed.rows()[0], packed.rows()[1], packed.rows()[2]));
    assertEquals(2, packed.blocks()[4 + 1]);
    assertEquals(3, packed.blocks()[8 + 4]);
    assertEquals(1, PackedWeight.of(WeightMatrix.dense("w", 4, 6, values)).count());
  }

  @Test
  void rowsThatNoBlockHeightFitsAreRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new WeightMatrix("recurrent", 6, 2, new float[12], shape(4, 1)));
    assertEquals(
        "weight 'recurrent': 6 rows are no multiple of the block height of 4x1",
        refused.getMessage());
  }

  private static byte[] model(Case c, WeightMatrix weight, float[] bias) {
    PackedWeight packed = PackedWeight.of(weight);
    ModelBuilder g = new ModelBuilder("gemm", "y = x W^T + b");
    Value x = g.input("x", Dim.N, Dim.of(c.inputs()));
    Value blocks =
        g.initializer(
            "blocks",
            packed.blocks(),
            packed.count(),
            packed.shape().height(),
            packed.shape().width());
    Value columns = g.initializer("columns", packed.columns(), packed.count());
    Value rows = g.initializer("rows", packed.rows(), packed.rows().length);
    Value b = g.initializer("bias", bias, bias.length);
    Value y =
        g.node(
                BlockSparseGemm.OPERATOR,
                List.of(x, blocks, columns, rows, b),
                Attribute.of(BlockSparseGemm.INPUTS, c.inputs()))
            .get(0);
    g.output("y", y, Dim.N, Dim.of(c.outputs()));
    return g.build().toBytes();
  }

  private static float[] run(byte[] model, float[] x, Case c) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model);
        OnnxTensor input =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(x), new long[] {c.rows(), c.inputs()});
        OrtSession.Result result = session.run(Map.of("x", input))) {
      float[] y = new float[c.rows() * c.outputs()];
      ((OnnxTensor) result.get(0)).getFloatBuffer().get(y);
      return y;
    }
  }

  private static WeightMatrix weight(Random random, Case c) {
    float[] values = values(random, c.outputs() * c.inputs(), 1);
    BlockShape block = c.block().orElse(new BlockShape(1, 1));
    for (int row = 0; row < c.outputs(); row += block.height()) {
      for (int column = 0; column < c.inputs(); column += block.width()) {
        if (random.nextDouble() >= c.density()) {
          for (int i = 0; i < block.height() * block.width(); i++) {
            int k = column + i % block.width();
            if (k < c.inputs()) {
              values[(row + i / block.width()) * c.inputs() + k] = 0;
            }
          }
        }
      }
    }
    return new WeightMatrix("weight", c.outputs(), c.inputs(), values, c.block());
  }

  private static float[] values(Random random, int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return values;
  }

  private static Optional<BlockShape> shape(int height, int width) {
    return Optional.of(new BlockShape(height, width));
  }
}
