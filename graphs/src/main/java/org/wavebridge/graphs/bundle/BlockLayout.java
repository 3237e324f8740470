package org.wavebridge.graphs.bundle;

import java.util.Optional;
import org.wavebridge.graphs.model.BlockShape;

/**
 * Where the values of a packed matrix (docs/operators.md) belong in the dense one.
 *
 * @param block its shape
 * @param rows of the matrix
 * @param columns of the matrix
 * @param column of each block, in units of blocks
 * @param starts index of the first block of each row of blocks, and the number of blocks
 */
record BlockLayout(BlockShape block, int rows, int columns, int[] column, int[] starts) {
  /** The layout of blocks {@code [Z, height, width]}. */
  static BlockLayout of(int[] blocks, int rows, int columns, int[] column, int[] starts) {
    BlockShape block = new BlockShape(blocks[1], Math.max(1, blocks[2]));
    return new BlockLayout(block, rows, columns, column, starts);
  }

  /** The shape of blocks; empty where all is one block. */
  Optional<BlockShape> sparse() {
    boolean whole = block.height() == rows && block.width() >= columns;
    return whole ? Optional.empty() : Optional.of(block);
  }

  float[] dense(float[] packed) {
    float[] values = new float[rows * columns];
    forEach((from, to) -> values[to] = packed[from]);
    return values;
  }

  byte[] dense(byte[] packed) {
    byte[] values = new byte[rows * columns];
    forEach((from, to) -> values[to] = packed[from]);
    return values;
  }

  private interface Move {
    void move(int from, int to);
  }

  private void forEach(Move move) {
    int size = block.height() * block.width();
    for (int row = 0; row < rows; row++) {
      int blockRow = row / block.height();
      for (int z = starts[blockRow]; z < starts[blockRow + 1]; z++) {
        for (int j = 0; j < block.width(); j++) {
          int k = column[z] * block.width() + j;
          if (k < columns) {
            move.move(z * size + row % block.height() * block.width() + j, row * columns + k);
          }
        }
      }
    }
  }
}
