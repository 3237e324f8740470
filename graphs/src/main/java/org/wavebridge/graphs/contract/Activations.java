package org.wavebridge.graphs.contract;

/**
 * How finely the int8 profile rounds the inputs of its products (docs/numerics.md): the one place
 * of their range.
 */
public enum Activations {
  /** -127..127. */
  BITS_8(8),
  /** -2047..2047. */
  BITS_12(12);

  private final int bits;

  Activations(int bits) {
    this.bits = bits;
  }

  /** Those of a number of bits; an {@link IllegalArgumentException} where there are none. */
  public static Activations of(int bits) {
    for (Activations activations : values()) {
      if (activations.bits == bits) {
        return activations;
      }
    }
    throw new IllegalArgumentException(
        "expected activations of 8 or 12 bits, found %d".formatted(bits));
  }

  /** Bits of an activation. */
  public int bits() {
    return bits;
  }

  /** The largest magnitude of an activation. */
  public int largest() {
    return (1 << (bits - 1)) - 1;
  }

  /**
   * No sum of products overflows 32 bits, in any order and in any split of the activations, where
   * the magnitudes of a row's weights add up to less than this.
   */
  public int weightLimit() {
    return Integer.MIN_VALUE >>> (bits - 1);
  }
}
