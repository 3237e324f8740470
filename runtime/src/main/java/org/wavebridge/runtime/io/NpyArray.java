package org.wavebridge.runtime.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.wavebridge.graphs.InputException;

/**
 * A NumPy array in memory: an element type, a shape, and the elements in C order (last dimension
 * fastest). Immutable.
 */
public final class NpyArray {
  /** Element types that are understood. */
  public enum Type {
    /** IEEE 754 binary16. */
    FLOAT16("f2", 2),
    /** IEEE 754 binary32. */
    FLOAT32("f4", 4),
    /** IEEE 754 binary64. */
    FLOAT64("f8", 8),
    /** Signed, one byte. */
    INT8("i1", 1),
    /** Signed, two bytes. */
    INT16("i2", 2),
    /** Signed, four bytes. */
    INT32("i4", 4),
    /** Signed, eight bytes. */
    INT64("i8", 8),
    /** Unsigned, one byte. */
    UINT8("u1", 1),
    /** Unsigned, two bytes. */
    UINT16("u2", 2),
    /** Unsigned, four bytes. */
    UINT32("u4", 4),
    /** Unsigned, eight bytes. */
    UINT64("u8", 8),
    /** False or true, one byte; as a number 0 or 1. */
    BOOL("b1", 1);

    private final String code;
    private final int bytes;

    Type(String code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }

    /** NumPy's kind and size, such as {@code f4}. */
    public String code() {
      return code;
    }

    /** Bytes of one element. */
    public int bytes() {
      return bytes;
    }

    /** Whether this is a floating-point type. */
    public boolean isFloat() {
      return this == FLOAT16 || this == FLOAT32 || this == FLOAT64;
    }
  }

  private final String name;
  private final Type type;
  private final int[] shape;
  private final ByteBuffer data;

  /** Takes over {@code data}: little endian, C order, exactly as long as type and shape say. */
  NpyArray(String name, Type type, int[] shape, ByteBuffer data) {
    this.name = name;
    this.type = type;
    this.shape = shape.clone();
    this.data = data.order(ByteOrder.LITTLE_ENDIAN);
    if (data.capacity() != (long) count(shape) * type.bytes()) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " does not hold " + data.capacity() + " bytes");
    }
  }

  /**
   * A float32 array.
   *
   * @throws IllegalArgumentException if the shape does not hold that many values
   */
  public static NpyArray of(float[] values, int... shape) {
    ByteBuffer data = allocate(values.length, Type.FLOAT32);
    data.asFloatBuffer().put(values);
    return new NpyArray("array", Type.FLOAT32, shape, data);
  }

  /**
   * A float64 array.
   *
   * @throws IllegalArgumentException if the shape does not hold that many values
   */
  public static NpyArray of(double[] values, int... shape) {
    ByteBuffer data = allocate(values.length, Type.FLOAT64);
    data.asDoubleBuffer().put(values);
    return new NpyArray("array", Type.FLOAT64, shape, data);
  }

  /**
   * An int32 array.
   *
   * @throws IllegalArgumentException if the shape does not hold that many values
   */
  public static NpyArray of(int[] values, int... shape) {
    ByteBuffer data = allocate(values.length, Type.INT32);
    data.asIntBuffer().put(values);
    return new NpyArray("array", Type.INT32, shape, data);
  }

  /** Where the array was read from, for messages. */
  public String name() {
    return name;
  }

  /** The type of the elements. */
  public Type type() {
    return type;
  }

  /** The sizes of the dimensions; none for a single value. */
  public int[] shape() {
    return shape.clone();
  }

  /** Number of elements. */
  public int size() {
    return data.capacity() / type.bytes();
  }

  /** The elements as floats, in C order; other types are rounded to nearest. */
  public float[] floats() {
    float[] values = new float[size()];
    if (type == Type.FLOAT32) {
      data.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      return values;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) number(i);
    }
    return values;
  }

  /** The elements as doubles, in C order. */
  public double[] doubles() {
    double[] values = new double[size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(i);
    }
    return values;
  }

  /**
   * The elements as ints, in C order.
   *
   * @throws InputException if the type is not an integer type or an element is out of range
   */
  public int[] ints() {
    if (type.isFloat()) {
      throw new InputException(name + ": expected integers, found " + type.code());
    }
    int[] values = new int[size()];
    for (int i = 0; i < values.length; i++) {
      long value = integer(i);
      if (value != (int) value) {
        throw new InputException(
            "%s: expected integers of 32 bits, found %s at element %d"
                .formatted(
                    name,
                    type == Type.UINT64 ? Long.toUnsignedString(value) : Long.toString(value),
                    i));
      }
      values[i] = (int) value;
    }
    return values;
  }

  /** The elements: little endian, C order. */
  ByteBuffer bytes() {
    return data.duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
  }

  private double number(int i) {
    return switch (type) {
      case FLOAT16 -> half(data.getShort(2 * i));
      case FLOAT32 -> data.getFloat(4 * i);
      case FLOAT64 -> data.getDouble(8 * i);
      case UINT64 -> {
        long value = data.getLong(8 * i);
        yield value >= 0 ? value : ((value >>> 1) | (value & 1)) * 2.0;
      }
      default -> integer(i);
    };
  }

  /** The value of a binary16: 1 sign bit, 5 of exponent (bias 15), 10 of fraction. */
  public static double half(short bits) {
    int exponent = bits >> 10 & 31;
    int fraction = bits & 1023;
    double value =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24;
          case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb((float) (1024 + fraction), exponent - 25);
        };
    return bits < 0 ? -value : value;
  }

  private long integer(int i) {
    return switch (type) {
      case INT8 -> data.get(i);
      case INT16 -> data.getShort(2 * i);
      case INT32 -> data.getInt(4 * i);
      case INT64, UINT64 -> data.getLong(8 * i);
      case UINT8 -> data.get(i) & 0xff;
      case UINT16 -> data.getShort(2 * i) & 0xffff;
      case UINT32 -> data.getInt(4 * i) & 0xffffffffL;
      case BOOL -> data.get(i) == 0 ? 0 : 1;
      case FLOAT16, FLOAT32, FLOAT64 -> throw new IllegalStateException("not an integer type");
    };
  }

  private static ByteBuffer allocate(int elements, Type type) {
    return ByteBuffer.allocate(Math.multiplyExact(elements, type.bytes()))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int count(int[] shape) {
    int count = 1;
    for (int size : shape) {
      count = Math.multiplyExact(count, size);
    }
    return count;
  }

  @Override
  public String toString() {
    return name + ": " + type.code() + " " + Arrays.toString(shape);
  }
}
