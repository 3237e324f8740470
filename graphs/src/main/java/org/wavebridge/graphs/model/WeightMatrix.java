package org.wavebridge.graphs.model;

import java.util.Optional;

/**
 * A named weight matrix, dense or block sparse. The values are always kept as a dense row-major
 * array; {@code blocks} says in which shape of block only the non-zero ones are stored in a graph.
 * The array is shared, not copied: treat it as read-only.
 *
 * @param name stable name, such as {@code recurrent}
 * @param rows outputs
 * @param columns inputs; 0 for an absent part
 * @param values row-major, {@code rows * columns}
 * @param blocks the block shape, or empty for a dense matrix
 * @param int8 the quantised values that {@code values} stand for, or empty for an f32 matrix
 */
public record WeightMatrix(
    String name,
    int rows,
    int columns,
    float[] values,
    Optional<BlockShape> blocks,
    Optional<Int8Weights> int8) {
  /** Checks the sizes, and that no sum of int8 products overflows. */
  public WeightMatrix {
    if (rows < 1 || columns < 0 || values.length != Math.multiplyExact(rows, columns)) {
      throw new IllegalArgumentException(
          "weight '%s': expected %d x %d values, found %d"
              .formatted(name, rows, columns, values.length));
    }
    if (blocks.isPresent() && rows % blocks.get().height() != 0) {
      throw new IllegalArgumentException(
          "weight '%s': %d rows are no multiple of the block height of %s"
              .formatted(name, rows, blocks.get()));
    }
    if (int8.isPresent()) {
      requireNoOverflow(name, int8.get());
    }
  }

  private static void requireNoOverflow(String name, Int8Weights int8) {
    long sum = int8.largestRowSum();
    int limit = int8.activations().weightLimit();
    if (sum >= limit) {
      throw new IllegalArgumentException(
          "weight '%s': expected rows whose int8 weights have magnitudes that add up to less than %,d, so that no sum with activations of %d bits overflows, found %,d"
              .formatted(name, limit, int8.activations().bits(), sum));
    }
  }

  /** An f32 matrix. */
  public WeightMatrix(
      String name, int rows, int columns, float[] values, Optional<BlockShape> blocks) {
    this(name, rows, columns, values, blocks, Optional.empty());
  }

  /** A dense matrix. */
  public static WeightMatrix dense(String name, int rows, int columns, float[] values) {
    return new WeightMatrix(name, rows, columns, values, Optional.empty());
  }

  /** The same matrix under another name. */
  public WeightMatrix named(String other) {
    return name.equals(other) ? this : new WeightMatrix(other, rows, columns, values, blocks, int8);
  }

  /**
   * This matrix and the columns of another one after its own, dense: {@code [this | right]}.
   *
   * @throws IllegalArgumentException if the other has another number of rows
   */
  public WeightMatrix joined(WeightMatrix right) {
    if (right.rows != rows) {
      throw new IllegalArgumentException(
          "weight '%s': expected the %d rows of '%s', found %d"
              .formatted(right.name, rows, name, right.rows));
    }
    int both = columns + right.columns;
    float[] joined = new float[rows * both];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(values, row * columns, joined, row * both, columns);
      System.arraycopy(
          right.values, row * right.columns, joined, row * both + columns, right.columns);
    }
    return dense(name, rows, both, joined);
  }

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if it is another
   */
  public void requireShape(int expectedRows, int expectedColumns) {
    if (rows != expectedRows || columns != expectedColumns) {
      throw new IllegalArgumentException(
          "weight '%s': expected %d x %d, found %d x %d"
              .formatted(name, expectedRows, expectedColumns, rows, columns));
    }
  }

  /** The value at a row and column. */
  public float at(int row, int column) {
    return values[row * columns + column];
  }

  /** How many values are not zero. */
  public int nonZeros() {
    int count = 0;
    for (float value : values) {
      if (value != 0) {
        count++;
      }
    }
    return count;
  }

  /** The same matrix stored in blocks of another shape. */
  public WeightMatrix in(BlockShape shape) {
    return new WeightMatrix(name, rows, columns, values, Optional.of(shape), int8);
  }
}
