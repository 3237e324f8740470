package org.wavebridge.graphs.files;

import org.wavebridge.graphs.InputException;

/** How much one input may take, all together: what a file claims is no reason. */
public final class Limits {
  /** System property: bytes that one input may take, all together and unpacked. */
  public static final String PROPERTY = "wavebridge.maximum.bytes";

  private static final long OF_A_BUNDLE = 1L << 31;

  private Limits() {}

  /**
   * Bytes that the files of a bundle may have together: 2 GiB unless {@link #PROPERTY} says
   * otherwise.
   *
   * @throws InputException if the property is no whole number from 1
   */
  public static long bytes() {
    return property(PROPERTY, OF_A_BUNDLE);
  }

  /**
   * A limit that a system property may set.
   *
   * @throws InputException if the property is no whole number from 1
   */
  public static long property(String name, long byDefault) {
    String given = System.getProperty(name);
    if (given == null) {
      return byDefault;
    }
    if (!given.matches("0*[1-9]\\d{0,17}")) {
      throw new InputException(
          "-D%s: expected a whole number from 1, found '%s'".formatted(name, given));
    }
    return Long.parseLong(given);
  }
}
