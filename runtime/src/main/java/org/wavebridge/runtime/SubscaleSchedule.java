package org.wavebridge.runtime;

import org.wavebridge.graphs.model.Subscale;

/**
 * The order in which the samples of a subscale utterance are made (Kalchbrenner et al. 2018, figure
 * 2). Sub-tensor s, a row of the batch, holds the samples {@code factor * i + s} for the positions
 * i = 0, 1, ...; its position i is made at step {@code i + s * lag}, where the lag is {@code
 * horizon + chunk}. For 3 sub-tensors, a horizon of 1 and a chunk of 1 (a number is a position, a
 * column a step):
 *
 * <pre>
 * step   0  1  2  3  4  5  6  7
 * row 0  0  1  2  3
 * row 1        0  1  2  3
 * row 2              0  1  2  3
 * </pre>
 *
 * <p>When position i of a row is due, the row before has made its positions up to {@code i +
 * horizon + chunk - 1}: the contexts of the positions i to i + chunk - 1 can be computed together.
 *
 * @param factor sub-tensors B, at least 1
 * @param horizon future positions F of earlier sub-tensors that a sample depends on, at least 0
 * @param chunk positions whose contexts are computed at once, at least 1
 * @param samples samples of the utterance L, at least 0; any number
 */
public record SubscaleSchedule(int factor, int horizon, int chunk, int samples) {
  /** Checks the values. */
  public SubscaleSchedule {
    if (factor < 1 || horizon < 0 || chunk < 1 || samples < 0) {
      throw new IllegalArgumentException(
          ("expected a factor of at least 1, a horizon of at least 0, a chunk of at least 1 and at "
                  + "least 0 samples, found %d, %d, %d and %d")
              .formatted(factor, horizon, chunk, samples));
    }
    long steps = samples / factor + Math.max(1L, factor - 1L) * ((long) horizon + chunk);
    if (steps > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a schedule of %d steps is too long; use a smaller horizon or chunk".formatted(steps));
    }
  }

  /** The schedule of an utterance of {@code samples} samples. */
  public static SubscaleSchedule of(Subscale subscale, int samples) {
    return new SubscaleSchedule(subscale.factor(), subscale.horizon(), subscale.chunk(), samples);
  }

  /** How many steps a row is behind the row before. */
  public int lag() {
    return horizon + chunk;
  }

  /** How many rows have any samples. */
  public int rows() {
    return Math.min(factor, samples);
  }

  /** How many positions a row has. */
  public int positions(int row) {
    return row < samples ? (samples - row - 1) / factor + 1 : 0;
  }

  /** The sample at a position of a row. */
  public int sample(int position, int row) {
    return factor * position + row;
  }

  /** The step at which a position of a row is made. */
  public int step(int position, int row) {
    return position + row * lag();
  }

  /**
   * The position of a row at a step; the row has it if it is from 0 to below {@link #positions}.
   */
  public int position(int row, int step) {
    return step - row * lag();
  }

  /** How many steps make the whole utterance. */
  public int steps() {
    return steps(samples);
  }

  /** How many steps make the first {@code count} samples without a gap. */
  public int steps(int count) {
    return (int) steps(factor, lag(), count);
  }

  /** How many steps make the first {@code count} samples of an utterance of any length. */
  static long steps(int factor, long lag, long count) {
    if (count < factor) {
      return count == 0 ? 0 : 1 + (count - 1) * lag;
    }
    return count / factor + (factor - 1) * lag;
  }

  /** How many steps pass before there is a first sample in every row: the latency of a stream. */
  public int latency() {
    return steps(rows());
  }

  /** How many samples from the start are made without a gap after a number of steps. */
  public int prefix(int steps) {
    return (int) prefix(factor, lag(), samples, steps);
  }

  /** {@link #prefix(int)} of an utterance of any length. */
  static long prefix(int factor, long lag, long samples, long steps) {
    long ramp = (factor - 1) * lag;
    long made =
        steps > ramp
            ? (steps - ramp) * factor + factor - 1
            : steps == 0 ? 0 : (steps - 1) / lag + 1;
    return Math.min(samples, made);
  }

  /** The first of the rows that make a sample at a step: those before it are complete. */
  public int firstRow(int step) {
    int row = 0;
    while (row < rows() && position(row, step) >= positions(row)) {
      row++;
    }
    return row;
  }

  /**
   * The end of the rows that make a sample at a step: {@link #firstRow} up to this one, exclusive.
   * There is none where both are the same, between short rows.
   */
  public int endRow(int step) {
    return Math.min(rows(), step / lag() + 1);
  }

  /**
   * The newest time of a row's context whose input is made before a step; below 0 where there is
   * none. The context of the row's position at that step belongs to the time {@code position +
   * horizon}, which is never newer.
   */
  public int newestContextTime(int row, int step) {
    return position(row, step) + lag() - 1;
  }
}
