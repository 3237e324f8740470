package org.wavebridge.graphs.model;

import org.wavebridge.graphs.contract.Activations;

/**
 * The int8 values of a quantised matrix: value {@code [r, k]} stands for {@code values[r, k] *
 * scales[r]} (docs/numerics.md, the int8 profile).
 *
 * @param values row-major, each in -127..127
 * @param scales one for each row, above 0
 * @param boundedInput whether the input is known to lie in [-1, 1], so that its activations are
 *     quantised by a fixed scale
 * @param activations how finely the input is rounded, the same in all matrices of a network
 */
public record Int8Weights(
    byte[] values, float[] scales, boolean boundedInput, Activations activations) {
  /** The largest magnitude of a rounded input. */
  public int largestActivation() {
    return activations.largest();
  }

  /** The largest sum of magnitudes of a row's weights. */
  public long largestRowSum() {
    int columns = values.length / scales.length;
    long largest = 0;
    for (int row = 0; row < scales.length; row++) {
      long sum = 0;
      for (int i = row * columns; i < (row + 1) * columns; i++) {
        sum += Math.abs(values[i]);
      }
      largest = Math.max(largest, sum);
    }
    return largest;
  }
}
