package org.wavebridge.compress;

import java.util.Arrays;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * A matrix kept by columns, for products with inputs that have many zeros or matrices that have
 * them: f32 sums in the order of the columns.
 */
final class ColumnProduct {
  private final int rows;
  private final float[][] values;
  private final int[][] places;

  private ColumnProduct(int rows, float[][] values, int[][] places) {
    this.rows = rows;
    this.values = values;
    this.places = places;
  }

  static ColumnProduct of(WeightMatrix matrix) {
    int columns = matrix.columns();
    boolean sparse = 3L * matrix.nonZeros() < matrix.values().length;
    float[][] values = new float[columns][];
    int[][] places = new int[sparse ? columns : 0][];
    for (int k = 0; k < columns; k++) {
      float[] column = new float[matrix.rows()];
      int[] place = new int[matrix.rows()];
      int count = 0;
      for (int r = 0; r < matrix.rows(); r++) {
        if (!sparse || matrix.at(r, k) != 0) {
          place[count] = r;
          column[count++] = matrix.at(r, k);
        }
      }
      values[k] = Arrays.copyOf(column, count);
      if (sparse) {
        places[k] = Arrays.copyOf(place, count);
      }
    }
    return new ColumnProduct(matrix.rows(), values, places);
  }

  float[] times(float[] x) {
    float[] y = new float[rows];
    for (int k = 0; k < x.length; k++) {
      if (x[k] != 0) {
        if (places.length == 0) {
          addDense(y, values[k], x[k]);
        } else {
          addSparse(y, values[k], places[k], x[k]);
        }
      }
    }
    return y;
  }

  private static void addDense(float[] y, float[] column, float x) {
    for (int r = 0; r < y.length; r++) {
      y[r] += column[r] * x;
    }
  }

  private static void addSparse(float[] y, float[] column, int[] place, float x) {
    for (int i = 0; i < column.length; i++) {
      y[place[i]] += column[i] * x;
    }
  }
}
