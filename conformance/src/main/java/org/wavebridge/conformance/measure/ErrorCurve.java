package org.wavebridge.conformance.measure;

import java.util.Arrays;

/** Errors of one tensor, step by step. Once a NaN was seen in a step, its errors are NaN. */
public final class ErrorCurve {
  /** Below this size an ulp is that of this size: a value near zero is a difference of larger. */
  private static final double SMALLEST = 0x1p-10;

  private final double[] absolute;
  private final double[] relative;
  private double worstUlps;

  /** Errors of a number of steps, none seen yet. */
  public ErrorCurve(int steps) {
    this.absolute = new double[steps];
    this.relative = new double[steps];
  }

  /**
   * Compares the values of a step.
   *
   * @param expected in double precision
   * @param offset where the step begins in {@code found}
   */
  public void add(int step, double[] expected, float[] found, int offset) {
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(expected[i] - found[offset + i]);
      // Two equal infinities are no error.
      double difference = expected[i] == found[offset + i] ? 0 : error;
      absolute[step] = Math.max(absolute[step], difference);
      relative[step] = Math.max(relative[step], difference / Math.max(1, Math.abs(expected[i])));
      double ulp = Math.ulp((float) Math.max(SMALLEST, Math.abs(expected[i])));
      worstUlps = Math.max(worstUlps, difference / ulp);
    }
  }

  /** Largest absolute error of each step. */
  public double[] absolute() {
    return absolute.clone();
  }

  /** Largest absolute error of a step. */
  public double absolute(int step) {
    return absolute[step];
  }

  /** Largest absolute error. */
  public double worstAbsolute() {
    return Arrays.stream(absolute).reduce(0, Math::max);
  }

  /** Largest error relative to the value, but never to less than one. */
  public double worstRelative() {
    return Arrays.stream(relative).reduce(0, Math::max);
  }

  /** The median of the largest relative errors of the steps. */
  public double medianRelative() {
    double[] sorted = relative.clone();
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }

  /** Largest error in units in the last place of f32; values below 2^-10 count as 2^-10. */
  public double worstUlps() {
    return worstUlps;
  }

  /**
   * Mean error of the last quarter of the steps over that of the first; the denominator is at least
   * a millionth, so that an exact start is no division by zero.
   */
  public double growth() {
    int quarter = Math.max(1, absolute.length / 4);
    double first = Arrays.stream(absolute, 0, quarter).average().orElse(0);
    double last =
        Arrays.stream(absolute, absolute.length - quarter, absolute.length).average().orElse(0);
    return last / Math.max(1e-6, first);
  }
}
