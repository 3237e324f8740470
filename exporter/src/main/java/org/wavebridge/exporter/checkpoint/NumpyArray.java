package org.wavebridge.exporter.checkpoint;

import java.util.ArrayList;
import java.util.List;
import net.razorvine.pickle.PickleException;
import org.jspecify.annotations.Nullable;

/**
 * An array of NumPy's beside the tensors. What it holds is read as nested lists if it is short and
 * of plain numbers, and left out otherwise.
 */
final class NumpyArray {
  /** Settings and statistics of features are shorter; images and audio are not. */
  private static final int MOST_ELEMENTS = 1 << 14;

  private long[] shape = {0};
  private @Nullable NumpyType type;
  private byte @Nullable [] data;
  private boolean columnsFirst;

  /** {@code numpy.core.multiarray._reconstruct(numpy.ndarray, (0,), b'b')}. */
  static Object empty(Object[] arguments) {
    if (arguments.length > 0 && PickleObjects.NDARRAY.equals(arguments[0])) {
      return new NumpyArray();
    }
    throw new PickleException("a NumPy array of another class");
  }

  /** {@code numpy.core.numeric._frombuffer(bytes, type, shape, order)}. */
  static Object ofBytes(Object[] arguments) {
    NumpyArray array = new NumpyArray();
    array.set(arguments[2], arguments[1], "F".equals(arguments[3]), arguments[0]);
    return array;
  }

  /** Sets what is told after the array is made: version, shape, type, order, data. */
  void build(@Nullable Object state) {
    if (state instanceof Object[] parts && parts.length >= 4) {
      int from = parts.length - 4;
      set(parts[from], parts[from + 1], Boolean.TRUE.equals(parts[from + 2]), parts[from + 3]);
    }
  }

  private void set(Object sizes, Object elements, boolean fortran, @Nullable Object bytes) {
    shape = PickleFunctions.longs(sizes);
    type = elements instanceof NumpyType known ? known : null;
    columnsFirst = fortran;
    data = NumpyType.bytes(bytes);
  }

  /** Nested lists, a value where there are no axes, or nothing. */
  @Nullable Object values(Spending spending) {
    if (type == null || !type.plain() || data == null || data.length == 0) {
      return null;
    }
    int count = data.length / type.size();
    if (count > MOST_ELEMENTS || elements() != count || data.length % type.size() != 0) {
      return null;
    }
    spending.values(count);
    return values(type, data, 0, 0, columnsFirst ? 1 : count);
  }

  /** The number of elements that the shape says, or -1 if that is none that can be. */
  private long elements() {
    double elements = 1;
    for (long size : shape) {
      elements *= size;
      if (size < 1 || elements > MOST_ELEMENTS) {
        return -1;
      }
    }
    return (long) elements;
  }

  /**
   * The values along the axes from one on.
   *
   * @param stride of that axis in elements, or the elements below it where rows come first
   */
  private Object values(NumpyType type, byte[] data, int axis, int offset, int stride) {
    if (axis == shape.length) {
      return type.value(data, offset);
    }
    int size = (int) shape[axis];
    int step = columnsFirst ? stride : stride / size;
    List<Object> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      int next = columnsFirst ? stride * size : step;
      values.add(values(type, data, axis + 1, offset + i * step, next));
    }
    return values;
  }
}
