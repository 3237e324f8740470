package org.wavebridge.runtime.spi;

import java.util.Arrays;

/**
 * A float tensor. The array is shared, not copied.
 *
 * @param values row-major
 * @param shape sizes of the axes
 */
public record Tensor(float[] values, long... shape) {
  /** Checks the sizes. */
  public Tensor {
    long size = 1;
    for (long axis : shape) {
      size = Math.multiplyExact(size, axis);
    }
    if (size != values.length) {
      throw new IllegalArgumentException(
          "shape %s does not hold %d values".formatted(Arrays.toString(shape), values.length));
    }
  }

  /** One value for each of some rows, {@code [rows]}. */
  public static Tensor repeated(float value, int rows) {
    float[] values = new float[rows];
    Arrays.fill(values, value);
    return new Tensor(values, rows);
  }
}
