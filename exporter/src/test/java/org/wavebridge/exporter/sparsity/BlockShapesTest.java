package org.wavebridge.exporter.sparsity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.family.Families;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.op.PackedWeight;

/** Which blocks are chosen, and that values stay. */
final class BlockShapesTest {
  /** A matrix whose non-zero values lie in a share of the blocks of a shape. */
  private static WeightMatrix sparse(
      int rows, int columns, int height, int width, double density, long seed) {
    Random random = new Random(seed);
    int across = (columns + width - 1) / width;
    boolean[] stored = new boolean[(rows + height - 1) / height * across];
    for (int block = 0; block < stored.length; block++) {
      stored[block] = random.nextDouble() < density;
    }
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      if (stored[i / columns / height * across + i % columns / width]) {
        values[i] = 0.25f + random.nextFloat();
      }
    }
    return WeightMatrix.dense("m", rows, columns, values);
  }

  private static Optional<BlockShape> chosen(WeightMatrix matrix) {
    WeightMatrix chosen = BlockShapes.choose(matrix);
    assertSame(matrix.values(), chosen.values());
    assertEquals(matrix.name(), chosen.name());
    return chosen.blocks();
  }

  @ParameterizedTest
  @CsvSource({"16, 1", "8, 1", "4, 4", "1, 8", "1, 4"})
  void theShapeAMatrixIsSparseInIsFound(int height, int width) {
    Optional<BlockShape> expected = Optional.of(new BlockShape(height, width));
    assertEquals(expected, chosen(sparse(96, 64, height, width, 0.15, 7)));
    assertEquals(expected, chosen(sparse(48, 67, height, width, 0.25, 8)));
  }

  @Test
  void rowsThatBlocksDoNotDivide() {
    assertEquals(Optional.of(new BlockShape(8, 1)), chosen(sparse(40, 64, 16, 1, 0.15, 1)));
    assertEquals(Optional.of(new BlockShape(1, 8)), chosen(sparse(37, 64, 1, 8, 0.15, 2)));
    assertEquals(Optional.empty(), chosen(sparse(37, 64, 16, 1, 0.5, 3)));
  }

  @Test
  void aMatrixStaysDenseUnlessBlocksSaveAThird() {
    assertEquals(Optional.empty(), chosen(sparse(96, 64, 16, 1, 1, 4)));
    assertEquals(Optional.empty(), chosen(sparse(96, 64, 16, 1, 0.75, 5)));
    assertEquals(Optional.empty(), chosen(sparse(96, 64, 1, 1, 0.4, 6)));
    assertEquals(Optional.of(new BlockShape(16, 1)), chosen(sparse(96, 64, 16, 1, 0.5, 7)));
  }

  @Test
  void aMatrixOfZerosHasNoBlocks() {
    WeightMatrix zeros = BlockShapes.choose(WeightMatrix.dense("m", 96, 64, new float[96 * 64]));
    assertEquals(Optional.of(new BlockShape(16, 1)), zeros.blocks());
    assertEquals(0, PackedWeight.of(zeros).count());
  }

  @Test
  void aMatrixWithoutColumnsStaysAsItIs() {
    assertEquals(Optional.empty(), chosen(WeightMatrix.dense("m", 96, 0, new float[0])));
  }

  @Test
  void theVoicesRecurrentMatrixIsSparseAndTheRestIsDense() {
    DualSoftmaxNetwork network =
        (DualSoftmaxNetwork)
            Families.read(
                    CheckpointReader.read(CheckpointFiles.golden("en-us-16k/checkpoint.pt")),
                    Families.AUTO,
                    Map.of())
                .model()
                .network();
    WeightMatrix recurrent = network.recurrent().weight();
    assertEquals(Optional.of(new BlockShape(16, 1)), recurrent.blocks());
    assertEquals(0.2, PackedWeight.of(recurrent).count() / (48.0 * 256), 0.005);
    assertEquals(Optional.empty(), network.sample().blocks());
    for (Affine layer :
        List.of(
            network.conditioning(),
            network.coarseHidden(),
            network.coarseOutput(),
            network.fineHidden(),
            network.fineOutput())) {
      assertEquals(Optional.empty(), layer.weight().blocks(), layer.weight().name());
    }
  }
}
