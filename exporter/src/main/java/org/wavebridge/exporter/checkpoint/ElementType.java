package org.wavebridge.exporter.checkpoint;

import java.nio.ByteBuffer;

/** Element types of stored tensors. */
public enum ElementType {
  /** IEEE half. */
  F16(2),
  /** The upper half of an IEEE single. */
  BF16(2),
  /** IEEE single. */
  F32(4),
  /** IEEE double. */
  F64(8),
  /** Signed 64-bit. */
  I64(8),
  /** Signed 32-bit. */
  I32(4),
  /** Signed 16-bit. */
  I16(2),
  /** Signed 8-bit. */
  I8(1),
  /** Unsigned 8-bit. */
  U8(1),
  /** One byte, 0 or 1. */
  BOOL(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Whether elements are floating-point numbers. */
  public boolean isFloat() {
    return this == F16 || this == BF16 || this == F32 || this == F64;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** The element at an index as a double. */
  double read(ByteBuffer data, int index) {
    return switch (this) {
      case F16 -> half(data.getShort(2 * index));
      case BF16 -> Float.intBitsToFloat(data.getShort(2 * index) << 16);
      case F32 -> data.getFloat(4 * index);
      case F64 -> data.getDouble(8 * index);
      case I64 -> data.getLong(8 * index);
      case I32 -> data.getInt(4 * index);
      case I16 -> data.getShort(2 * index);
      case I8 -> data.get(index);
      case U8 -> data.get(index) & 0xff;
      case BOOL -> data.get(index) != 0 ? 1 : 0;
    };
  }

  private static double half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24;
          case 0x1f -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb(1 + fraction * 0x1p-10, exponent - 15);
        };
    return bits < 0 ? -magnitude : magnitude;
  }
}
