package org.wavebridge.graphs.op;

import java.util.Arrays;
import java.util.List;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Int8Weights;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;

/**
 * A weight in the three arrays of docs/operators.md. A dense matrix is one block.
 *
 * @param name of the weight
 * @param shape of a block
 * @param blocks {@code [Z, bh, bw]}
 * @param columns {@code [Z]}, in units of blocks
 * @param rows {@code [R/bh + 1]}
 */
public record PackedWeight(
    String name, BlockShape shape, float[] blocks, int[] columns, int[] rows) {
  /** Packs a matrix, leaving out blocks of zeros unless it is dense. */
  public static PackedWeight of(WeightMatrix matrix) {
    BlockShape shape =
        matrix.blocks().orElse(new BlockShape(matrix.rows(), Math.max(1, matrix.columns())));
    int blockRows = matrix.rows() / shape.height();
    int blockColumns = (matrix.columns() + shape.width() - 1) / shape.width();
    int[] rows = new int[blockRows + 1];
    int[] columns = new int[blockRows * blockColumns];
    float[] blocks = new float[blockRows * blockColumns * shape.height() * shape.width()];
    int count = 0;
    for (int row = 0; row < blockRows; row++) {
      for (int column = 0; column < blockColumns; column++) {
        boolean stored = copy(matrix, shape, row, column, blocks, count);
        if (stored || matrix.blocks().isEmpty()) {
          columns[count++] = column;
        }
      }
      rows[row + 1] = count;
    }
    int size = shape.height() * shape.width();
    return new PackedWeight(
        matrix.name(),
        shape,
        Arrays.copyOf(blocks, count * size),
        Arrays.copyOf(columns, count),
        rows);
  }

  /**
   * Packs the int8 values of a quantised matrix; {@code blocks} holds whole numbers.
   *
   * @throws IllegalArgumentException if the matrix is not quantised
   */
  public static PackedWeight int8Of(WeightMatrix matrix) {
    byte[] values = int8(matrix).values();
    float[] whole = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      whole[i] = values[i];
    }
    return of(
        new WeightMatrix(matrix.name(), matrix.rows(), matrix.columns(), whole, matrix.blocks()));
  }

  /** Copies a block to position {@code index} of {@code blocks}; whether any value is not zero. */
  private static boolean copy(
      WeightMatrix matrix, BlockShape shape, int row, int column, float[] blocks, int index) {
    boolean any = false;
    int base = index * shape.height() * shape.width();
    for (int i = 0; i < shape.height(); i++) {
      for (int j = 0; j < shape.width(); j++) {
        int k = column * shape.width() + j;
        float value = k < matrix.columns() ? matrix.at(row * shape.height() + i, k) : 0;
        blocks[base + i * shape.width() + j] = value;
        any |= value != 0;
      }
    }
    return any;
  }

  /** Blocks stored. */
  public int count() {
    return columns.length;
  }

  /** Bytes of the three arrays. */
  public long bytes() {
    return 4L * (blocks.length + columns.length + rows.length);
  }

  /**
   * Adds {@code name_blocks} as int8, {@code name_columns}, {@code name_rows} and the row scales
   * {@code name_scales}.
   */
  public List<Value> addInt8To(ModelBuilder g, WeightMatrix matrix) {
    byte[] bytes = new byte[blocks.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) blocks[i];
    }
    float[] scales = int8(matrix).scales();
    return List.of(
        g.initializer(name + "_blocks", bytes, count(), shape.height(), shape.width()),
        g.initializer(name + "_columns", columns, count()),
        g.initializer(name + "_rows", rows, rows.length),
        g.initializer(name + "_scales", scales, scales.length));
  }

  private static Int8Weights int8(WeightMatrix matrix) {
    return matrix
        .int8()
        .orElseThrow(
            () -> new IllegalArgumentException("weight '" + matrix.name() + "' is not quantised"));
  }

  /**
   * Adds the three arrays as initializers {@code name_blocks}, {@code name_columns}, {@code
   * name_rows}.
   */
  public List<Value> addTo(ModelBuilder g) {
    return List.of(
        g.initializer(name + "_blocks", blocks, count(), shape.height(), shape.width()),
        g.initializer(name + "_columns", columns, count()),
        g.initializer(name + "_rows", rows, rows.length));
  }
}
