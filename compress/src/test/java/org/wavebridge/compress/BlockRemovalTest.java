package org.wavebridge.compress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.WeightMatrix;

/** Sparse layers against least squares, and against removal by magnitude. */
final class BlockRemovalTest {
  private static final int ROWS = 16;
  private static final int COLUMNS = 32;

  @ParameterizedTest
  @CsvSource({"16,1,0.5", "8,1,0.25", "4,4,0.5", "1,4,0.35"})
  void keepsAsManyBlocksAsAskedAndLosesLessThanMagnitudeDoes(
      int height, int width, double density) {
    Random random = new Random(height * 10 + width);
    CorrelatedInputs inputs = new CorrelatedInputs(random, COLUMNS, 8);
    WeightMatrix matrix = CorrelatedInputs.matrix(random, ROWS, COLUMNS);
    BlockShape shape = new BlockShape(height, width);
    ChangedLayer sparse = BlockRemoval.remove(matrix, shape, density, inputs.heard(random, 2000));
    int blocks = ROWS * COLUMNS / height / width;
    assertEquals(Math.round(density * blocks), count(sparse.weight(), shape));
    double error = inputs.error(random, matrix, sparse);
    WeightMatrix plain = byMagnitude(matrix, shape, density);
    double magnitude = inputs.error(random, matrix, new ChangedLayer(plain, new double[ROWS]));
    assertTrue(error < 0.5 * magnitude, error + " of " + magnitude);
  }

  /** What stays is the least-squares solution for the columns that stay. */
  @Test
  void whatStaysIsAsGoodAsItCanBe() {
    Random random = new Random(9);
    CorrelatedInputs inputs = new CorrelatedInputs(random, COLUMNS, 8);
    WeightMatrix matrix = CorrelatedInputs.matrix(random, ROWS, COLUMNS);
    InputMoments moments = inputs.heard(random, 1000);
    ChangedLayer sparse = BlockRemoval.remove(matrix, new BlockShape(16, 1), 0.4, moments);
    DampedMoments damped = DampedMoments.of(moments, 0);
    int[] kept = new int[COLUMNS + 1];
    int count = 0;
    for (int k = 0; k < COLUMNS; k++) {
      if (sparse.weight().at(0, k) != 0) {
        kept[count++] = k;
      }
    }
    kept[count++] = damped.bias();
    kept = Arrays.copyOf(kept, count);
    for (int row = 0; row < ROWS; row++) {
      DMatrixRMaj right = new DMatrixRMaj(count, 1);
      for (int i = 0; i < count; i++) {
        for (int k = 0; k < COLUMNS; k++) {
          right.data[i] += damped.at(kept[i], k) * matrix.at(row, k);
        }
      }
      DMatrixRMaj solution = new DMatrixRMaj(count, 1);
      assertTrue(CommonOps_DDRM.solve(damped.of(kept), right, solution));
      for (int i = 0; i < count - 1; i++) {
        assertEquals(solution.data[i], sparse.weight().at(row, kept[i]), 1e-4);
      }
      assertEquals(solution.data[count - 1], sparse.bias()[row], 1e-4);
    }
  }

  /** The second half of the columns repeats the first. */
  @Test
  void whatInputsSayTwiceCostsNothing() {
    Random random = new Random(10);
    WeightMatrix matrix = CorrelatedInputs.matrix(random, ROWS, COLUMNS);
    InputMoments moments = new InputMoments(COLUMNS, 0);
    for (int t = 0; t < 500; t++) {
      float[] x = new float[COLUMNS];
      for (int k = 0; k < COLUMNS; k++) {
        x[k] = k < COLUMNS / 2 ? (float) random.nextGaussian() : x[k - COLUMNS / 2];
      }
      moments.add(x);
    }
    ChangedLayer sparse = BlockRemoval.remove(matrix, new BlockShape(16, 1), 0.5, moments);
    for (int row = 0; row < ROWS; row++) {
      for (int k = 0; k < COLUMNS / 2; k++) {
        int twin = k + COLUMNS / 2;
        float kept = sparse.weight().at(row, k) + sparse.weight().at(row, twin);
        assertEquals(matrix.at(row, k) + matrix.at(row, twin), kept, 0.02);
        assertTrue(sparse.weight().at(row, k) == 0 || sparse.weight().at(row, twin) == 0);
      }
    }
  }

  @Test
  void zerosStayZeros() {
    Random random = new Random(11);
    float[] values = CorrelatedInputs.matrix(random, ROWS, COLUMNS).values();
    for (int i = 0; i < values.length; i++) {
      values[i] = i % COLUMNS % 4 == 1 ? 0 : values[i];
    }
    WeightMatrix matrix =
        new WeightMatrix("w", ROWS, COLUMNS, values, Optional.of(new BlockShape(8, 1)));
    InputMoments moments = new CorrelatedInputs(random, COLUMNS, 8).heard(random, 500);
    BlockShape shape = new BlockShape(8, 1);
    WeightMatrix sparse = BlockRemoval.remove(matrix, shape, 0.5, moments).weight();
    assertEquals(ROWS / 8 * COLUMNS / 2, count(sparse, shape));
    for (int i = 0; i < values.length; i++) {
      assertTrue(values[i] != 0 || sparse.values()[i] == 0);
    }
  }

  @Test
  void refusesBlocksThatDoNotFit() {
    WeightMatrix matrix = WeightMatrix.dense("w", 3, 4, new float[12]);
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> BlockRemoval.remove(matrix, new BlockShape(16, 1), 0.5, new InputMoments(4, 0)));
    assertEquals(
        "weight 'w': 3 rows are no multiple of the block height of 16x1", refused.getMessage());
  }

  private static int count(WeightMatrix matrix, BlockShape shape) {
    int count = 0;
    for (double norm : norms(matrix, shape)) {
      count += norm > 0 ? 1 : 0;
    }
    return count;
  }

  private static double[] norms(WeightMatrix matrix, BlockShape shape) {
    int across = matrix.columns() / shape.width();
    double[] norms = new double[matrix.rows() / shape.height() * across];
    for (int row = 0; row < matrix.rows(); row++) {
      for (int k = 0; k < matrix.columns(); k++) {
        norms[row / shape.height() * across + k / shape.width()] +=
            matrix.at(row, k) * matrix.at(row, k);
      }
    }
    return norms;
  }

  private static WeightMatrix byMagnitude(WeightMatrix matrix, BlockShape shape, double density) {
    double[] norms = norms(matrix, shape);
    double[] sorted = norms.clone();
    Arrays.sort(sorted);
    double least = sorted[sorted.length - (int) Math.round(density * sorted.length)];
    float[] values = matrix.values().clone();
    for (int i = 0; i < values.length; i++) {
      int block =
          i / COLUMNS / shape.height() * (COLUMNS / shape.width()) + i % COLUMNS / shape.width();
      values[i] = norms[block] < least ? 0 : values[i];
    }
    return new WeightMatrix("w", ROWS, COLUMNS, values, Optional.of(shape));
  }
}
