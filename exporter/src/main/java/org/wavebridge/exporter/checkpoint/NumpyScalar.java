package org.wavebridge.exporter.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.razorvine.pickle.PickleException;
import org.jspecify.annotations.Nullable;

/**
 * NumPy's scalars, which training scripts leave in checkpoints as losses and counters: a type and
 * little-endian bytes. Arrays are not read.
 */
final class NumpyScalar {
  private static final Map<String, ElementType> TYPES =
      Map.of(
          "f2", ElementType.F16,
          "f4", ElementType.F32,
          "f8", ElementType.F64,
          "i8", ElementType.I64,
          "i4", ElementType.I32,
          "i2", ElementType.I16,
          "i1", ElementType.I8,
          "u1", ElementType.U8,
          "b1", ElementType.BOOL);

  private NumpyScalar() {}

  /**
   * A type, before its byte order is known.
   *
   * @param element what a scalar of it is
   */
  record Type(ElementType element) {
    /** Checks the state that is set after the type is made: a version, then the byte order. */
    void build(@Nullable Object state) {
      if (state instanceof Object[] parts && parts.length > 1 && ">".equals(parts[1])) {
        throw new PickleException("a big-endian NumPy type");
      }
    }
  }

  /** {@code numpy.dtype(name, ...)}. */
  static Object type(Object[] arguments) {
    ElementType element =
        arguments.length > 0 && arguments[0] instanceof String name ? TYPES.get(name) : null;
    if (element == null) {
      throw new PickleException("a NumPy type that is no plain number");
    }
    return new Type(element);
  }

  /** {@code numpy.core.multiarray.scalar(type, bytes)}. */
  static Object scalar(Object[] arguments) {
    byte[] bytes = arguments.length == 2 ? bytes(arguments[1]) : null;
    if (bytes == null
        || !(arguments[0] instanceof Type type)
        || bytes.length != type.element().bytes()) {
      throw new PickleException("a NumPy scalar that is no plain number");
    }
    ElementType element = type.element();
    double value = element.read(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0);
    if (element == ElementType.BOOL) {
      return value != 0;
    }
    if (element.isFloat()) {
      return value;
    }
    return (long) value;
  }

  /** Bytes, or the text that Python 2 wrote for them. */
  private static byte @Nullable [] bytes(@Nullable Object value) {
    if (value instanceof String text) {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
    return value instanceof byte[] bytes ? bytes : null;
  }
}
