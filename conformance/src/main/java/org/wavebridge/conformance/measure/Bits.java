package org.wavebridge.conformance.measure;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Equality of float arrays, bit by bit. */
public final class Bits {
  private Bits() {}

  /** How many values have other bits; all of them if the lengths differ. */
  public static int other(float[] expected, float[] found) {
    if (expected.length != found.length) {
      return Math.max(expected.length, found.length);
    }
    int other = 0;
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(found[i])) {
        other++;
      }
    }
    return other;
  }

  /** The index of the first value with other bits, or the length. */
  public static int firstOther(float[] expected, float[] found) {
    int i = 0;
    while (i < expected.length
        && i < found.length
        && Float.floatToIntBits(expected[i]) == Float.floatToIntBits(found[i])) {
      i++;
    }
    return i;
  }

  /** SHA-256 of the values as little-endian binary32, in hexadecimal. */
  public static String hash(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
