package org.wavebridge.compress;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Int8Weights;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.quantize.Quantizer;

/**
 * Rounds the weights of a layer to int8, one scale a row, so that the mean squared error of the
 * layer's outputs is small: columns are rounded one after the other, and what a column's rounding
 * does to the output is made up for by the columns still to come, as far as the inputs are
 * correlated.
 *
 * <p>With the second moments {@code H = R^T R}, R upper triangular, the error of a row is {@code |R
 * (w - q s)|^2}. Rounding from the last column to the first, column k is rounded at {@code w_k +
 * sum_{j>k} R_kj / R_kk (w_j - q_j s)}. That is what Frantar et al. 2022 (GPTQ) do with the
 * Cholesky factor of the inverse of H, and Hassibi and Stork 1993 with the inverse itself: it needs
 * no inverse. Columns with the largest second moment come first, and the bias, which is not
 * rounded, takes what is left. A row that is better off rounded to nearest is.
 */
public final class CompensatedRounding {
  private static final int LARGEST = 127;

  /** Scales that are tried for a row, each this much smaller than the one before. */
  private static final int SCALES = 16;

  private static final double STEP = 0.02;

  private final WeightMatrix matrix;
  private final byte[] bytes;
  private final float[] scales;
  private final double[] biases;

  private CompensatedRounding(WeightMatrix matrix) {
    this.matrix = matrix;
    this.bytes = new byte[matrix.values().length];
    this.scales = new float[matrix.rows()];
    this.biases = new double[matrix.rows()];
    Arrays.fill(scales, 1);
  }

  /**
   * A layer in int8. Only blocks that are stored take part.
   *
   * @param matrix in f32
   * @param bounded whether the layer's input is known to lie in [-1, 1]
   * @param activations how finely it will be rounded; the weights do not depend on it
   */
  public static ChangedLayer round(
      WeightMatrix matrix, InputMoments inputs, boolean bounded, Activations activations) {
    CompensatedRounding rounding = new CompensatedRounding(matrix);
    new RowGroups(matrix, inputs).forEach(rounding::round);
    float[] values = new float[rounding.bytes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = rounding.bytes[i] * rounding.scales[i / matrix.columns()];
    }
    WeightMatrix rounded =
        new WeightMatrix(
            matrix.name(),
            matrix.rows(),
            matrix.columns(),
            values,
            matrix.blocks(),
            Optional.of(new Int8Weights(rounding.bytes, rounding.scales, bounded, activations)));
    return new ChangedLayer(rounded, rounding.biases);
  }

  private void round(int first, int end, DampedMoments moments) {
    Factor factor = new Factor(moments, stored(first, end, moments));
    IntStream.range(first, end).parallel().forEach(row -> round(row, factor));
  }

  /** The columns that rows of blocks store, those with the smallest second moment first. */
  private int[] stored(int first, int end, DampedMoments moments) {
    int columns = matrix.columns();
    int width = matrix.blocks().map(BlockShape::width).orElse(columns);
    boolean[] kept = new boolean[columns];
    for (int row = first; row < end; row++) {
      for (int k = 0; k < columns; k++) {
        if (matrix.blocks().isEmpty() || matrix.at(row, k) != 0) {
          int start = k / width * width;
          Arrays.fill(kept, start, Math.min(columns, start + width), true);
        }
      }
    }
    return IntStream.range(0, columns)
        .filter(k -> kept[k])
        .boxed()
        .sorted((a, b) -> Double.compare(moments.at(a, a), moments.at(b, b)))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** R of the bias and some columns, each row over its diagonal; and the diagonal's squares. */
  private final class Factor {
    final int[] columns;
    final double[][] above;
    final double[] diagonal;

    Factor(DampedMoments moments, int[] columns) {
      this.columns = columns;
      int size = columns.length + 1;
      this.above = new double[size][];
      this.diagonal = new double[size];
      int[] places = new int[size];
      places[0] = moments.bias();
      System.arraycopy(columns, 0, places, 1, columns.length);
      CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(size, false);
      if (!cholesky.decompose(moments.of(places))) {
        throw new IllegalStateException(
            "layer '%s': the second moments of its inputs are not positive definite"
                .formatted(matrix.name()));
      }
      DMatrixRMaj upper = cholesky.getT(null);
      for (int i = 0; i < size; i++) {
        double own = upper.data[i * size + i];
        diagonal[i] = own * own;
        above[i] = Arrays.copyOfRange(upper.data, i * size + i + 1, (i + 1) * size);
        for (int j = 0; j < above[i].length; j++) {
          above[i][j] /= own;
        }
      }
    }
  }

  private void round(int row, Factor factor) {
    double largest = 0;
    for (int k : factor.columns) {
      largest = Math.max(largest, Math.abs(matrix.at(row, k)));
    }
    if (!(largest > 0)) {
      return;
    }
    boolean exact = Quantizer.isRounded(matrix, row);
    scales[row] = exact ? Quantizer.ROUNDED : (float) (largest / LARGEST);
    if (!(scales[row] > 0)) {
      scales[row] = 1;
      return;
    }
    Rounded best = round(row, factor, scales[row], false);
    for (int i = 0; i < (exact ? 1 : SCALES); i++) {
      float scale = exact ? Quantizer.ROUNDED : (float) (largest * (1 - i * STEP) / LARGEST);
      if (scale > 0) {
        Rounded rounded = round(row, factor, scale, true);
        if (rounded.error < best.error) {
          best = rounded;
          scales[row] = scale;
        }
      }
    }
    biases[row] = best.bias;
    for (int i = 0; i < best.bytes.length; i++) {
      bytes[row * matrix.columns() + factor.columns[i]] = best.bytes[i];
    }
  }

  /** A row, what its bias must change by, and the mean squared error of its output. */
  private record Rounded(byte[] bytes, double bias, double error) {}

  private Rounded round(int row, Factor factor, float scale, boolean compensated) {
    int size = factor.columns.length;
    byte[] made = new byte[size];
    double[] left = new double[size];
    double error = 0;
    for (int i = size - 1; i >= 0; i--) {
      double weight = matrix.at(row, factor.columns[i]);
      double target = weight + sum(factor.above[i + 1], left, i + 1);
      double wanted = compensated ? target : weight;
      double whole = Math.max(-LARGEST, Math.min(LARGEST, Math.rint(wanted / scale)));
      made[i] = (byte) whole;
      left[i] = weight - whole * scale;
      double own = target - whole * scale;
      error += factor.diagonal[i + 1] * own * own;
    }
    return new Rounded(made, sum(factor.above[0], left, 0), error);
  }

  private static double sum(double[] above, double[] left, int first) {
    double sum = 0;
    for (int j = 0; j < above.length; j++) {
      sum += above[j] * left[first + j];
    }
    return sum;
  }
}
