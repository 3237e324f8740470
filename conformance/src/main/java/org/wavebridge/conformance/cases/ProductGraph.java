package org.wavebridge.conformance.cases;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.wavebridge.conformance.targets.TestGraph;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.BlockSparseGemm;
import org.wavebridge.graphs.op.PackedWeight;
import org.wavebridge.runtime.spi.Tensor;

/** Models of a single {@code BlockSparseGemm}, and inputs for them. */
final class ProductGraph {
  private final RandomGenerator random;

  ProductGraph(long seed) {
    random = RandomGeneratorFactory.of("Xoroshiro128PlusPlus").create(seed);
  }

  /** A layer with a share of its blocks kept; whole numbers in -8..8, or real ones in [-1, 1]. */
  Affine layer(int rows, int columns, BlockShape block, double density, boolean whole) {
    float[] values = numbers(rows * columns, whole);
    for (int row = 0; row < rows; row += block.height()) {
      for (int column = 0; column < columns; column += block.width()) {
        if (random.nextDouble() >= density) {
          clear(values, row, column, columns, block);
        }
      }
    }
    return new Affine(
        new WeightMatrix("weight", rows, columns, values, Optional.of(block)),
        numbers(rows, whole));
  }

  /** A layer with the first and the last row of blocks empty. */
  static Affine withEmptyBlockRows(Affine layer) {
    WeightMatrix matrix = layer.weight();
    int cleared = matrix.blocks().orElseThrow().height() * matrix.columns();
    float[] values = matrix.values().clone();
    Arrays.fill(values, 0, cleared, 0);
    Arrays.fill(values, values.length - cleared, values.length, 0);
    return new Affine(
        new WeightMatrix(matrix.name(), matrix.rows(), matrix.columns(), values, matrix.blocks()),
        layer.bias());
  }

  float[] numbers(int count, boolean whole) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = whole ? random.nextInt(-8, 9) : (float) (2 * random.nextDouble() - 1);
    }
    return values;
  }

  /**
   * The graph of a layer.
   *
   * @param padding value of the columns of the last blocks that stick out of the matrix
   */
  static TestGraph of(String label, Affine layer, float padding) {
    WeightMatrix matrix = layer.weight();
    PackedWeight packed = PackedWeight.of(matrix);
    float[] blocks = packed.blocks().clone();
    int width = packed.shape().width();
    int size = width * packed.shape().height();
    for (int i = 0; i < blocks.length; i++) {
      if (packed.columns()[i / size] * width + i % width >= matrix.columns()) {
        blocks[i] = padding;
      }
    }
    ModelBuilder g = new ModelBuilder("product", "y = x W^T + b.");
    Value x = g.input("x", Dim.N, Dim.of(matrix.columns()));
    List<Value> inputs =
        List.of(
            x,
            g.initializer("weight_blocks", blocks, packed.count(), packed.shape().height(), width),
            g.initializer("weight_columns", packed.columns(), packed.count()),
            g.initializer("weight_rows", packed.rows(), packed.rows().length),
            g.initializer("bias", layer.bias(), layer.bias().length));
    Value y =
        g.node(
                BlockSparseGemm.OPERATOR,
                inputs,
                Attribute.of(BlockSparseGemm.INPUTS, matrix.columns()))
            .get(0);
    g.output("y", y, Dim.N, Dim.of(matrix.rows()));
    return new TestGraph(
        label, g.build().toBytes(), BundleManifest.F32, new TestGraph.Product(layer));
  }

  /** Runs a graph on rows of x. */
  static float[] run(Trial trial, TestGraph graph, float[] x, int columns) {
    Tensor rows = new Tensor(x, x.length / columns, columns);
    Tensor y = trial.graphs().open(graph).run(Map.of("x", rows)).get("y");
    return y == null ? new float[0] : y.values();
  }

  private static void clear(float[] values, int row, int column, int columns, BlockShape block) {
    for (int i = row; i < row + block.height(); i++) {
      for (int j = column; j < Math.min(columns, column + block.width()); j++) {
        values[i * columns + j] = 0;
      }
    }
  }
}
