package org.wavebridge.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class UniformsTest {
  @Test
  void theFirstIsTheTopOfTheKnownAnswer() {
    assertEquals((0x6627e8d5 >>> 8) * 0x1p-24, new Uniforms(0).at(0, 0, 0));
  }

  @Test
  void theCounterIsDrawSampleLowSampleHighRow() {
    int[] block = {3, 0x9abcdef0, 0x12345678, 5};
    Philox.apply(block, 77);
    assertEquals((block[0] >>> 8) * 0x1p-24f, new Uniforms(77).at(5, 0x123456789abcdef0L, 3));
  }

  @Test
  void allAreFractionsOf24BitsBelowOne() {
    float[] uniforms = new float[100_000];
    new Uniforms(3).fill(uniforms, 0, 0, 0, 50_000, 2);
    for (float u : uniforms) {
      assertTrue(u >= 0 && u < 1 && u * 0x1p24 == Math.rint(u * 0x1p24));
    }
  }

  @Test
  void chunksAreParts() {
    float[] whole = new float[3 * 100];
    Uniforms uniforms = new Uniforms(-9);
    uniforms.fill(whole, 0, 4, 0xffffffffL - 50, 100, 3);
    float[] parts = new float[3 * 100];
    for (int first = 0, size = 1; first < 100; first += size, size = Math.min(7, 100 - first)) {
      uniforms.fill(parts, 3 * first, 4, 0xffffffffL - 50 + first, size, 3);
    }
    assertArrayEquals(whole, parts);
    assertEquals(whole[3 * 60 + 2], uniforms.at(4, 0xffffffffL - 50 + 60, 2));
  }

  /** Chi-square over 64 bins: 63 degrees of freedom, 99.99% of samples below 113.5. */
  @Test
  void uniformInEveryDirection() {
    Uniforms uniforms = new Uniforms(20);
    int n = 64_000;
    int[][] bins = new int[3][64];
    for (int i = 0; i < n; i++) {
      bins[0][(int) (64 * uniforms.at(0, i, 0))]++;
      bins[1][(int) (64 * uniforms.at(i, 0, 0))]++;
      bins[2][(int) (64 * new Uniforms(i).at(0, 0, 1))]++;
    }
    for (int[] direction : bins) {
      double chiSquare = 0;
      for (int count : direction) {
        chiSquare += (count - n / 64.0) * (count - n / 64.0) / (n / 64.0);
      }
      assertTrue(chiSquare < 113.5, "chi-square " + chiSquare);
    }
  }

  @Test
  void seedsRowsAndDrawsDiffer() {
    float[] a = new float[100];
    float[] b = new float[100];
    new Uniforms(1).fill(a, 0, 0, 0, 100, 1);
    new Uniforms(1L << 32).fill(b, 0, 0, 0, 100, 1);
    assertTrue(correlation(a, b) < 0.4);
    new Uniforms(1).fill(b, 0, 1, 0, 100, 1);
    assertTrue(correlation(a, b) < 0.4);
  }

  @Test
  void aTargetThatIsTooShortIsRefused() {
    assertThrows(
        IndexOutOfBoundsException.class, () -> new Uniforms(1).fill(new float[9], 0, 0, 0, 5, 2));
  }

  private static double correlation(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - 0.5) * (b[i] - 0.5) * 12 / a.length;
    }
    return Math.abs(sum);
  }
}
