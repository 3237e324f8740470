package org.wavebridge.compress;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * Removes whole blocks of a matrix, those first that cost the outputs of the layer least, and
 * adjusts the weights that stay and the bias (optimal brain surgeon, Hassibi and Stork 1993, for
 * blocks).
 *
 * <p>With {@code G} the inverse of the second moments of what a row of blocks still has, removing
 * the columns B costs {@code sum over rows of w_B^T (G_BB)^-1 w_B}; the others become {@code w -
 * w_B (G_BB)^-1 G_B}, and G loses B as a Gaussian elimination does. Rows of blocks are emptied each
 * by itself, as far as could be wanted; then the cheapest removals of all are made.
 */
public final class BlockRemoval {
  /** A row of blocks may keep fewer than the average, but hardly fewer than this share of it. */
  private static final double LEAST = 1 / 3.0;

  private final WeightMatrix matrix;
  private final BlockShape shape;
  private final InputMoments inputs;

  /** What each removal costs, in order, by row of blocks. */
  private final double[][] costs;

  private BlockRemoval(WeightMatrix matrix, BlockShape shape, InputMoments inputs) {
    this.matrix = matrix;
    this.shape = shape;
    this.inputs = inputs;
    this.costs = new double[matrix.rows() / shape.height()][0];
  }

  /**
   * The removals of a layer with their costs, none of them made.
   *
   * @param matrix in f32; blocks of zeros stay zeros
   * @param shape of the blocks; its height divides the rows
   * @param density the lowest that will be asked for
   */
  static BlockRemoval priced(
      WeightMatrix matrix, BlockShape shape, double density, InputMoments inputs) {
    if (matrix.rows() % shape.height() != 0) {
      throw new IllegalArgumentException(
          "weight '%s': %d rows are no multiple of the block height of %s"
              .formatted(matrix.name(), matrix.rows(), shape));
    }
    BlockRemoval removal = new BlockRemoval(matrix, shape, inputs);
    int least = removal.least(density);
    new RowGroups(matrix.rows(), shape.height(), inputs)
        .forEach(
            (first, end, own) ->
                removal.costs[first / shape.height()] = removal.new Row(first, own).empty(least));
    return removal;
  }

  /**
   * A layer with fewer blocks.
   *
   * @param matrix in f32; blocks of zeros stay zeros
   * @param shape of the blocks; its height divides the rows
   * @param density of the blocks that stay, of all blocks
   */
  public static ChangedLayer remove(
      WeightMatrix matrix, BlockShape shape, double density, InputMoments inputs) {
    BlockRemoval removal = priced(matrix, shape, density, inputs);
    return removal.without(
        cheapest(List.of(removal), List.of(1.0), density, removal.kept(density)).get(0));
  }

  /** Blocks that a density leaves, of the whole matrix. */
  int kept(double density) {
    return (int) Math.round(density * costs.length * across());
  }

  /** Blocks that are not all zero. */
  int stored() {
    return IntStream.range(0, costs.length)
        .map(group -> stored(group * shape.height()).size())
        .sum();
  }

  private int across() {
    return (matrix.columns() + shape.width() - 1) / shape.width();
  }

  private int least(double density) {
    return (int) (kept(density) * LEAST / costs.length);
  }

  /** What removals cost together. */
  double cost(int[] counts) {
    double sum = 0;
    for (int group = 0; group < counts.length; group++) {
      for (int i = 0; i < counts[group]; i++) {
        sum += costs[group][i];
      }
    }
    return sum;
  }

  /** The layer after removals, as many of each row of blocks as told. */
  ChangedLayer without(int[] counts) {
    float[] values = new float[matrix.values().length];
    double[] bias = new double[matrix.rows()];
    new RowGroups(matrix.rows(), shape.height(), inputs)
        .forEach(
            (first, end, own) -> {
              Row row = new Row(first, own);
              row.empty(row.blocks.size() - counts[first / shape.height()]);
              row.copyTo(values, bias);
            });
    return new ChangedLayer(
        new WeightMatrix(
            matrix.name(), matrix.rows(), matrix.columns(), values, Optional.of(shape)),
        bias);
  }

  /**
   * The removals that cost least together, so that as many blocks as wanted stay in all matrices.
   *
   * @param weights what a cost counts, one for each matrix
   * @param density by which rows of blocks keep a few at least
   * @param kept blocks of all matrices
   * @return how many blocks each row of blocks loses, by matrix
   */
  static List<int[]> cheapest(
      List<BlockRemoval> matrices, List<Double> weights, double density, int kept) {
    record Next(int matrix, int group, double cost) {}
    PriorityQueue<Next> queue =
        new PriorityQueue<>(
            Comparator.comparingDouble(Next::cost)
                .thenComparingInt(Next::matrix)
                .thenComparingInt(Next::group));
    List<int[]> counts = new ArrayList<>();
    int[] least = new int[matrices.size()];
    int left = 0;
    for (int m = 0; m < matrices.size(); m++) {
      BlockRemoval matrix = matrices.get(m);
      counts.add(new int[matrix.costs.length]);
      least[m] = matrix.least(density);
      left += matrix.stored();
      for (int group = 0; group < matrix.costs.length; group++) {
        if (matrix.removable(group, least[m]) > 0) {
          queue.add(new Next(m, group, weights.get(m) * matrix.costs[group][0]));
        }
      }
    }
    while (left > kept && !queue.isEmpty()) {
      Next next = queue.remove();
      BlockRemoval matrix = matrices.get(next.matrix());
      int group = next.group();
      int done = ++counts.get(next.matrix())[group];
      left--;
      if (done < matrix.removable(group, least[next.matrix()])) {
        queue.add(
            new Next(next.matrix(), group, weights.get(next.matrix()) * matrix.costs[group][done]));
      }
    }
    return counts;
  }

  private int removable(int group, int least) {
    return Math.min(costs[group].length, stored(group * shape.height()).size() - least);
  }

  /** The first columns of the blocks of some rows that are not all zero. */
  private List<Integer> stored(int first) {
    List<Integer> blocks = new ArrayList<>();
    for (int start = 0; start < matrix.columns(); start += shape.width()) {
      boolean any = false;
      for (int row = first; row < first + shape.height(); row++) {
        for (int k = start; k < Math.min(matrix.columns(), start + shape.width()); k++) {
          any |= matrix.at(row, k) != 0;
        }
      }
      if (any) {
        blocks.add(start);
      }
    }
    return blocks;
  }

  /** A row of blocks while it loses some. Its last column is the bias, which always stays. */
  private final class Row {
    final int first;
    final List<Integer> blocks;
    final int[] columns;
    final double[][] weights;
    final double[][] inverse;

    /** Places of the columns that are still there, ascending. */
    int[] there;

    Row(int first, DampedMoments moments) {
      this.first = first;
      this.blocks = stored(first);
      this.columns =
          blocks.stream()
              .flatMapToInt(
                  start ->
                      IntStream.range(start, Math.min(matrix.columns(), start + shape.width())))
              .toArray();
      int size = columns.length + 1;
      int[] places = Arrays.copyOf(columns, size);
      places[size - 1] = moments.bias();
      this.inverse = inverted(moments.of(places));
      this.weights = new double[shape.height()][size];
      for (int r = 0; r < weights.length; r++) {
        for (int i = 0; i < columns.length; i++) {
          weights[r][i] = matrix.at(first + r, columns[i]);
        }
      }
      this.there = IntStream.range(0, size).toArray();
    }

    private double[][] inverted(DMatrixRMaj moments) {
      int size = moments.numRows;
      LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(size);
      if (!solver.setA(moments)) {
        throw new IllegalStateException(
            "layer '%s': the second moments of its inputs are not positive definite"
                .formatted(matrix.name()));
      }
      DMatrixRMaj inverse = new DMatrixRMaj(size, size);
      solver.invert(inverse);
      double[][] rows = new double[size][];
      for (int i = 0; i < size; i++) {
        rows[i] = Arrays.copyOfRange(inverse.data, i * size, (i + 1) * size);
      }
      return rows;
    }

    /** Removes blocks until a number is left; returns what each removal cost, in order. */
    double[] empty(int left) {
      List<int[]> open = new ArrayList<>();
      int place = 0;
      for (int start : blocks) {
        int width = Math.min(shape.width(), matrix.columns() - start);
        open.add(IntStream.range(place, place + width).toArray());
        place += width;
      }
      double[] costs = new double[Math.max(0, open.size() - left)];
      for (int n = 0; n < costs.length; n++) {
        int best = 0;
        double cheapest = Double.POSITIVE_INFINITY;
        for (int b = 0; b < open.size(); b++) {
          double cost = cost(open.get(b));
          if (cost < cheapest) {
            cheapest = cost;
            best = b;
          }
        }
        costs[n] = cheapest;
        for (int column : open.remove(best)) {
          eliminate(column);
        }
      }
      return costs;
    }

    private double cost(int[] block) {
      if (block.length == 1) {
        int i = block[0];
        double sum = 0;
        for (double[] row : weights) {
          sum += row[i] * row[i];
        }
        return sum / inverse[i][i];
      }
      int width = block.length;
      DMatrixRMaj part = new DMatrixRMaj(width, width);
      for (int i = 0; i < width; i++) {
        for (int j = 0; j < width; j++) {
          part.set(i, j, inverse[block[i]][block[j]]);
        }
      }
      CommonOps_DDRM.invert(part);
      double sum = 0;
      for (double[] row : weights) {
        for (int i = 0; i < width; i++) {
          for (int j = 0; j < width; j++) {
            sum += row[block[i]] * part.get(i, j) * row[block[j]];
          }
        }
      }
      return sum;
    }

    /** Removes one column, with what makes up for it. */
    private void eliminate(int column) {
      double[] own = inverse[column].clone();
      double pivot = own[column];
      for (double[] row : weights) {
        subtract(row, own, row[column] / pivot);
        row[column] = 0;
      }
      there = Arrays.stream(there).filter(i -> i != column).toArray();
      for (int i : there) {
        double[] row = inverse[i];
        subtract(row, own, row[column] / pivot);
      }
    }

    private void copyTo(float[] values, double[] bias) {
      for (int r = 0; r < weights.length; r++) {
        for (int i : there) {
          if (i < columns.length) {
            values[(first + r) * matrix.columns() + columns[i]] = (float) weights[r][i];
          } else {
            bias[first + r] = weights[r][i];
          }
        }
      }
    }
  }

  private static void subtract(double[] from, double[] other, double factor) {
    if (factor != 0) {
      for (int j = 0; j < from.length; j++) {
        from[j] -= other[j] * factor;
      }
    }
  }
}
