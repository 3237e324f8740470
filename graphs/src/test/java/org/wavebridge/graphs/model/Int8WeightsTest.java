package org.wavebridge.graphs.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.contract.Activations;

final class Int8WeightsTest {
  /** One row of the largest weights but for the last. */
  private static WeightMatrix row(int columns, int last, Activations activations) {
    byte[] values = new byte[columns];
    Arrays.fill(values, (byte) -127);
    values[columns - 1] = (byte) last;
    Int8Weights int8 = new Int8Weights(values, new float[] {1}, true, activations);
    return new WeightMatrix(
        "w", 1, columns, new float[columns], Optional.empty(), Optional.of(int8));
  }

  @Test
  void sumsThatCouldOverflowAreRefused() {
    // 8256 times 127 and 63 are one less than 2^20.
    WeightMatrix largest = row(8257, 63, Activations.BITS_12);
    long sum = largest.int8().orElseThrow().largestRowSum();
    assertEquals((1 << 20) - 1, sum);
    assertTrue(sum * 2047 < 1L << 31);
    assertEquals(
        "weight 'w': expected rows whose int8 weights have magnitudes that add up to less than 1,048,576, so that no sum with activations of 12 bits overflows, found 1,048,576",
        assertThrows(IllegalArgumentException.class, () -> row(8257, -64, Activations.BITS_12))
            .getMessage());
    assertEquals(8257, row(8257, -64, Activations.BITS_8).columns());
    assertEquals(131071, row(131071, 127, Activations.BITS_8).columns());
  }
}
