package org.wavebridge.conformance.verify;

/** Largest errors; once a NaN was seen, the result is NaN. */
final class Errors {
  private Errors() {}

  /** The larger of an error so far and the size of a difference. */
  static double larger(double worst, double difference) {
    return Math.max(worst, Math.abs(difference));
  }

  /** The larger of an error so far and the relative differences of values at an offset. */
  static double larger(double worst, double[] expected, float[] found, int offset) {
    double largest = worst;
    for (int i = 0; i < expected.length; i++) {
      largest = larger(largest, relative(expected[i], found[offset + i]));
    }
    return largest;
  }

  /** A difference relative to a value, but never to less than one. */
  static double relative(double expected, double found) {
    return (expected - found) / Math.max(1, Math.abs(expected));
  }
}
