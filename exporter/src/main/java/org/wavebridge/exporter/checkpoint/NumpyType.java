package org.wavebridge.exporter.checkpoint;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.razorvine.pickle.PickleException;
import org.jspecify.annotations.Nullable;

/**
 * A type of NumPy's, of whose scalars and arrays training scripts leave some in checkpoints:
 * losses, counters, statistics. Elements are read where they are plain numbers and left out
 * otherwise.
 */
final class NumpyType {
  private static final Map<String, ElementType> FLOATS =
      Map.of("f2", ElementType.F16, "f4", ElementType.F32, "f8", ElementType.F64);

  private final String name;
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

  private NumpyType(String name) {
    this.name = name;
  }

  /** {@code numpy.dtype(name, ...)}. */
  static Object of(Object[] arguments) {
    if (arguments.length > 0 && arguments[0] instanceof String name) {
      return new NumpyType(name);
    }
    throw new PickleException("a NumPy type without a name");
  }

  /** {@code numpy.core.multiarray.scalar(type, bytes)}; nothing where it is no plain number. */
  static Object scalar(Object[] arguments) {
    if (arguments.length == 2 && arguments[0] instanceof NumpyType type) {
      byte[] data = bytes(arguments[1]);
      if (!type.plain() || data == null) {
        return new byte[0];
      }
      if (data.length == type.size()) {
        return type.value(data, 0);
      }
    }
    throw new PickleException("a NumPy scalar that is not as long as its type");
  }

  /** Sets what is told after the type is made: a version, then the byte order. */
  void build(@Nullable Object state) {
    if (state instanceof Object[] parts && parts.length > 1 && ">".equals(parts[1])) {
      order = ByteOrder.BIG_ENDIAN;
    }
  }

  /** Whether elements are numbers or truth values of a known size. */
  boolean plain() {
    return name.matches("f[248]|[iu][1248]|b1");
  }

  /** Bytes of an element of a plain type. */
  int size() {
    return name.charAt(1) - '0';
  }

  /** The element at an index: a number or a truth value. */
  Object value(byte[] data, int index) {
    int size = size();
    ElementType real = FLOATS.get(name);
    if (real != null) {
      return real.read(ByteBuffer.wrap(data, index * size, size).slice().order(order), 0);
    }
    byte[] bigEndian = new byte[size];
    for (int i = 0; i < size; i++) {
      bigEndian[order == ByteOrder.BIG_ENDIAN ? i : size - 1 - i] = data[index * size + i];
    }
    BigInteger whole =
        name.charAt(0) == 'i' ? new BigInteger(bigEndian) : new BigInteger(1, bigEndian);
    if (name.charAt(0) == 'b') {
      return whole.signum() != 0;
    }
    return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole;
  }

  /** Bytes, or the text that Python 2 wrote for them. */
  static byte @Nullable [] bytes(@Nullable Object value) {
    if (value instanceof String text) {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
    return value instanceof byte[] bytes ? bytes : null;
  }
}
