package org.wavebridge.serving.inference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.wavebridge.runtime.io.NpyArray;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;

/**
 * A tensor of a request or response, however it came.
 *
 * @param name of the tensor
 * @param datatype in the protocol's words, such as {@code FP32}
 * @param shape sizes of the dimensions
 * @param raw the elements, row-major, little endian
 */
record InferenceTensor(String name, String datatype, long[] shape, byte[] raw) {
  /** The type of 32-bit floats. */
  static final String FP32 = "FP32";

  /** The type of 16-bit integers. */
  static final String INT16 = "INT16";

  /** The type of 64-bit integers. */
  static final String INT64 = "INT64";

  private static final int MOST_DIMENSIONS = 8;

  /**
   * A tensor of a request.
   *
   * @throws Refusal if the elements are not as many as the shape says
   */
  static InferenceTensor of(String name, String datatype, long[] shape, byte[] raw) {
    long expected = Math.multiplyExact(elements(name, shape), (long) width(name, datatype));
    if (expected != raw.length) {
      throw new Refusal(
          Kind.BAD_REQUEST,
          "input '%s': expected %d bytes for shape %s of %s, found %d"
              .formatted(cut(name), expected, Arrays.toString(shape), datatype, raw.length));
    }
    return new InferenceTensor(name, datatype, shape, raw);
  }

  /**
   * The number of elements of a shape.
   *
   * @throws Refusal if it cannot be one of a request
   */
  static long elements(String name, long[] shape) {
    long count = 1;
    boolean possible = shape.length <= MOST_DIMENSIONS;
    for (long size : shape) {
      possible = possible && size >= 0 && (count == 0 || size <= (1L << 31) / count);
      count = possible ? count * size : 0;
    }
    if (!possible) {
      throw new Refusal(
          Kind.BAD_REQUEST,
          "input '%s': expected a shape of at most 2^31 elements, found %s"
              .formatted(cut(name), cut(Arrays.toString(shape))));
    }
    return count;
  }

  /**
   * Bytes of an element.
   *
   * @throws Refusal if no input has this type
   */
  static int width(String name, String datatype) {
    return switch (datatype) {
      case "FP16" -> 2;
      case FP32, "INT32" -> 4;
      case "FP64", INT64 -> 8;
      default ->
          throw new Refusal(
              Kind.BAD_REQUEST,
              "input '%s': expected datatype FP32, FP64 or FP16 (lengths: INT64 or INT32), found '%s'"
                  .formatted(cut(name), cut(datatype)));
    };
  }

  /** Whether the elements are floating-point numbers. */
  boolean isFloat() {
    return datatype.startsWith("FP");
  }

  private ByteBuffer buffer() {
    return ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** An element as a float. */
  float floatAt(int index) {
    return switch (datatype) {
      case FP32 -> buffer().getFloat(4 * index);
      case "FP64" -> (float) buffer().getDouble(8 * index);
      case "FP16" -> (float) NpyArray.half(buffer().getShort(2 * index));
      default -> longAt(index);
    };
  }

  /** An element of an integer tensor. */
  long longAt(int index) {
    return switch (datatype) {
      case INT16 -> buffer().getShort(2 * index);
      case "INT32" -> buffer().getInt(4 * index);
      case INT64 -> buffer().getLong(8 * index);
      default -> throw new IllegalStateException(datatype);
    };
  }

  /** Elements of a type from numbers, as many as there are. */
  static byte[] raw(String datatype, List<Number> numbers) {
    int width = width("", datatype);
    ByteBuffer data = ByteBuffer.allocate(width * numbers.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (Number number : numbers) {
      switch (datatype) {
        case FP32 -> data.putFloat(number.floatValue());
        case "FP64" -> data.putDouble(number.doubleValue());
        case "INT32" -> data.putInt(number.intValue());
        case INT64 -> data.putLong(number.longValue());
        default ->
            throw new Refusal(
                Kind.BAD_REQUEST,
                "%s: expected the elements as binary data"
                    .formatted(datatype.toUpperCase(Locale.ROOT)));
      }
    }
    return data.array();
  }

  /** A text from outside, no longer than a message should show. */
  static String cut(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }
}
