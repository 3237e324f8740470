package org.wavebridge.conformance.report;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.wavebridge.graphs.model.WeightMatrix;

/** Where the weights of a matrix are not zero. A pixel of a large one stands for many weights. */
final class SparsityMap {
  private static final int MOST_PIXELS = 256;
  private static final int LEAST_SIDE = 48;

  private SparsityMap() {}

  /** The share of weights that are not zero, by pixel: from 0, all zero, to 1. */
  static HeatMap of(WeightMatrix matrix) {
    int high = perPixel(matrix.rows());
    int wide = perPixel(matrix.columns());
    int rows = (matrix.rows() + high - 1) / high;
    int columns = (matrix.columns() + wide - 1) / wide;
    double[] share = new double[rows * columns];
    for (int row = 0; row < matrix.rows(); row++) {
      for (int column = 0; column < matrix.columns(); column++) {
        if (matrix.at(row, column) != 0) {
          share[row / high * columns + column / wide]++;
        }
      }
    }
    for (int i = 0; i < share.length; i++) {
      int rowsHere = Math.min(high, matrix.rows() - i / columns * high);
      int columnsHere = Math.min(wide, matrix.columns() - i % columns * wide);
      share[i] /= (double) rowsHere * columnsHere;
    }
    return new HeatMap(rows, columns, 0, 1, share);
  }

  private static int perPixel(int size) {
    return (size + MOST_PIXELS - 1) / MOST_PIXELS;
  }

  /** What a page says of a matrix, with its picture. */
  static Map<String, Object> figure(WeightMatrix matrix) {
    HeatMap map = of(matrix);
    int high = perPixel(matrix.rows());
    int wide = perPixel(matrix.columns());
    Map<String, Object> figure = new LinkedHashMap<>();
    figure.put("name", matrix.name());
    figure.put("rows", matrix.rows());
    figure.put("columns", matrix.columns());
    figure.put(
        "density",
        String.format(Locale.ROOT, "%.1f%%", 100.0 * matrix.nonZeros() / matrix.values().length));
    figure.put("thinned", high * wide == 1 ? "" : "%d x %d weights".formatted(high, wide));
    figure.put("address", map.address());
    figure.put("width", Math.max(LEAST_SIDE, map.columns()));
    figure.put("height", Math.max(LEAST_SIDE, map.rows()));
    return figure;
  }
}
