package org.wavebridge.reference;

/** Checks of sizes that a caller passes in. */
final class Shapes {
  private Shapes() {}

  /**
   * Checks one size.
   *
   * @throws IllegalArgumentException if they differ; the message names what, expected and found
   */
  static void requireLength(String what, long expected, long found) {
    if (expected != found) {
      throw new IllegalArgumentException(
          "%s: expected %d values, found %d".formatted(what, expected, found));
    }
  }
}
