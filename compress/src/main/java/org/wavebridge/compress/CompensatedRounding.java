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
 * no inverse. Columns with the largest second moment come first.
 */
public final class CompensatedRounding {
  private static final int LARGEST = 127;

  /** Of the mean second moment, which is added to each: the inputs not seen. */
  private static final double DAMPING = 0.001;

  /** How much a step counts in which the classes of a row are in no doubt, of the mean doubt. */
  private static final double UNDOUBTED = 0.01;

  /** Parts of the largest weight of a row that may become 127. */
  private static final double[] CLIPS = {1, 0.95, 0.9, 0.85, 0.8};

  private final WeightMatrix matrix;
  private final InputMoments inputs;
  private final byte[] bytes;
  private final float[] scales;

  private CompensatedRounding(WeightMatrix matrix, InputMoments inputs) {
    this.matrix = matrix;
    this.inputs = inputs;
    this.bytes = new byte[matrix.values().length];
    this.scales = new float[matrix.rows()];
  }

  /**
   * The matrix in int8. Only blocks that are stored take part.
   *
   * @param bounded whether the layer's input is known to lie in [-1, 1]
   * @param activations how finely it will be rounded; the weights do not depend on it
   */
  public static WeightMatrix round(
      WeightMatrix matrix, InputMoments inputs, boolean bounded, Activations activations) {
    CompensatedRounding rounding = new CompensatedRounding(matrix, inputs);
    rounding.run();
    float[] values = new float[rounding.bytes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = rounding.bytes[i] * rounding.scales[i / matrix.columns()];
    }
    return new WeightMatrix(
        matrix.name(),
        matrix.rows(),
        matrix.columns(),
        values,
        matrix.blocks(),
        Optional.of(new Int8Weights(rounding.bytes, rounding.scales, bounded, activations)));
  }

  /**
   * The second moments of a group of rows, or of all, with something added for what was not seen.
   */
  static double[] damped(InputMoments inputs, int group) {
    double[] moments = inputs.secondMoments();
    if (inputs.groups() > 0) {
      double[] own = inputs.secondMoments(group);
      double share = UNDOUBTED * inputs.doubt();
      for (int i = 0; i < moments.length; i++) {
        moments[i] = own[i] + share * moments[i];
      }
    }
    int columns = inputs.columns();
    double trace = 0;
    for (int k = 0; k < columns; k++) {
      trace += moments[k * columns + k];
    }
    double more = trace > 0 ? DAMPING * trace / columns : 1;
    for (int k = 0; k < columns; k++) {
      moments[k * columns + k] += more;
    }
    return moments;
  }

  private void run() {
    int all = matrix.rows();
    int height = matrix.blocks().map(BlockShape::height).orElse(all);
    int sharing = inputs.groups() == 0 ? all : InputMoments.GROUP;
    Arrays.fill(scales, 1);
    IntStream.range(0, (all + sharing - 1) / sharing)
        .parallel()
        .forEach(
            group -> {
              double[] moments = damped(inputs, group);
              int end = Math.min(all, (group + 1) * sharing);
              int step = Math.min(height, sharing);
              IntStream.range(0, (end - group * sharing + step - 1) / step)
                  .parallel()
                  .forEach(
                      part -> {
                        int first = group * sharing + part * step;
                        round(first, Math.min(end, first + step), moments);
                      });
            });
  }

  private void round(int first, int end, double[] moments) {
    Factor factor = new Factor(moments, stored(first, end, moments));
    IntStream.range(first, end).parallel().forEach(row -> round(row, factor));
  }

  /** The columns that rows of blocks store, those with the smallest second moment first. */
  private int[] stored(int first, int end, double[] moments) {
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
        .sorted((a, b) -> Double.compare(moments[a * columns + a], moments[b * columns + b]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** R of some columns, each row over its diagonal; and the squares of the diagonal. */
  private final class Factor {
    final int[] columns;
    final double[][] above;
    final double[] diagonal;

    Factor(double[] moments, int[] columns) {
      this.columns = columns;
      int size = columns.length;
      this.above = new double[size][];
      this.diagonal = new double[size];
      if (size == 0) {
        return;
      }
      DMatrixRMaj part = new DMatrixRMaj(size, size);
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          part.data[i * size + j] = moments[columns[i] * matrix.columns() + columns[j]];
        }
      }
      CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(size, false);
      if (!cholesky.decompose(part)) {
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
    double best = Double.POSITIVE_INFINITY;
    byte[] made = new byte[factor.columns.length];
    for (double clip : CLIPS) {
      float scale = (float) (largest * clip / LARGEST);
      if (!(scale > 0)) {
        continue;
      }
      double error = round(row, factor, scale, made, best);
      if (error < best) {
        best = error;
        scales[row] = scale;
        for (int i = 0; i < made.length; i++) {
          bytes[row * matrix.columns() + factor.columns[i]] = made[i];
        }
      }
    }
  }

  /** Rounds a row; returns the error of its output, or infinity where that is above a limit. */
  private double round(int row, Factor factor, float scale, byte[] made, double limit) {
    int size = made.length;
    double[] left = new double[size];
    double error = 0;
    for (int i = size - 1; i >= 0; i--) {
      double[] above = factor.above[i];
      double weight = matrix.at(row, factor.columns[i]);
      double target = weight;
      for (int j = 0; j < above.length; j++) {
        target += above[j] * left[i + 1 + j];
      }
      double whole = Math.max(-LARGEST, Math.min(LARGEST, Math.rint(target / scale)));
      made[i] = (byte) whole;
      left[i] = weight - whole * scale;
      double own = target - whole * scale;
      error += factor.diagonal[i] * own * own;
      if (error >= limit) {
        return Double.POSITIVE_INFINITY;
      }
    }
    return error;
  }
}
