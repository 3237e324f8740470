package org.wavebridge.graphs.files;

import org.wavebridge.graphs.InputException;

/** How much the files of one input may take, all together: what a file claims is no reason. */
public final class Limits {
  /** System property: bytes that the files of a bundle may have together; 2 GiB without it. */
  public static final String PROPERTY = "wavebridge.maximum.bytes";

  private static final long USUAL = 1L << 31;

  private Limits() {}

  /**
   * Bytes that the files of one input may have, all together and unpacked.
   *
   * @throws InputException if the property is no number above 0
   */
  public static long bytes() {
    String given = System.getProperty(PROPERTY);
    if (given == null) {
      return USUAL;
    }
    if (!given.matches("[1-9]\\d{0,17}")) {
      throw new InputException(
          "-D%s: expected a number of bytes above 0, found '%s'".formatted(PROPERTY, given));
    }
    return Long.parseLong(given);
  }
}
