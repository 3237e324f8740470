package org.wavebridge.compress;

import java.util.stream.IntStream;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.WeightMatrix;

/** The rows of a matrix that have both their columns and the moments of those in common. */
final class RowGroups {
  private final int rows;
  private final int height;
  private final InputMoments inputs;

  RowGroups(WeightMatrix matrix, InputMoments inputs) {
    this(matrix.rows(), matrix.blocks().map(BlockShape::height).orElse(matrix.rows()), inputs);
  }

  /** Groups of at most a number of rows. */
  RowGroups(int rows, int height, InputMoments inputs) {
    this.rows = rows;
    this.height = height;
    this.inputs = inputs;
  }

  /** Work on the rows {@code [first, end)}. */
  @FunctionalInterface
  interface Work {
    void on(int first, int end, DampedMoments moments);
  }

  /** Does the work of all groups, many at once. */
  void forEach(Work work) {
    int sharing = inputs.groups() == 0 ? rows : InputMoments.GROUP;
    IntStream.range(0, (rows + sharing - 1) / sharing)
        .parallel()
        .forEach(
            group -> {
              DampedMoments moments = DampedMoments.of(inputs, group);
              int start = group * sharing;
              int end = Math.min(rows, start + sharing);
              int step = Math.min(height, sharing);
              IntStream.range(0, (end - start + step - 1) / step)
                  .parallel()
                  .forEach(
                      part -> {
                        int first = start + part * step;
                        work.on(first, Math.min(end, first + step), moments);
                      });
            });
  }
}
