package org.wavebridge.exporter.checkpoint;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.wavebridge.graphs.CheckpointException;

/**
 * A tensor of a checkpoint: a view, possibly strided, of a storage that other tensors may share.
 */
public final class CheckpointTensor {
  /** Elements a tensor may have beyond those stored (an expanded view repeats elements). */
  private static final long EXPANDED_LIMIT = 1 << 20;

  private final Storage storage;
  private final long offset;
  private final long[] shape;
  private final long[] strides;

  CheckpointTensor(Storage storage, long offset, long[] shape, long[] strides) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  Storage storage() {
    return storage;
  }

  /** The element type in the file. */
  public ElementType type() {
    return storage.type;
  }

  /** A copy of the shape. */
  public long[] shape() {
    return shape.clone();
  }

  /** The number of elements. */
  public int size() {
    long size = 1;
    for (long axis : shape) {
      size *= axis;
    }
    return (int) size;
  }

  /** The elements, row-major, as float; wider types are rounded. */
  public float[] toFloats() {
    float[] values = new float[size()];
    read((index, value) -> values[index] = (float) value);
    return values;
  }

  /** The elements, row-major, as double. */
  public double[] toDoubles() {
    double[] values = new double[size()];
    read((index, value) -> values[index] = value);
    return values;
  }

  /** How many elements are zero. */
  public int zeros() {
    int[] zeros = {0};
    read((index, value) -> zeros[0] += value == 0 ? 1 : 0);
    return zeros[0];
  }

  private void read(Target target) {
    ByteBuffer data = storage.data();
    int size = size();
    if (data == null || size == 0) {
      return;
    }
    long[] index = new long[shape.length];
    long position = storage.start() + offset;
    for (int i = 0; i < size; i++) {
      target.put(i, storage.type.read(data, (int) position));
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        position += strides[axis];
        if (++index[axis] < shape[axis]) {
          break;
        }
        position -= shape[axis] * strides[axis];
        index[axis] = 0;
      }
    }
  }

  private interface Target {
    void put(int index, double value);
  }

  /**
   * Checks that every element lies in the storage.
   *
   * @param where file and tensor, for the message
   */
  void check(String where) {
    try {
      long size = 1;
      long last = offset;
      if (strides.length != shape.length) {
        throw new CheckpointException(
            "%s: %d sizes, but %d strides".formatted(where, shape.length, strides.length));
      }
      for (int axis = 0; axis < shape.length; axis++) {
        if (shape[axis] < 0 || strides[axis] < 0) {
          throw new CheckpointException(
              "%s: sizes %s and strides %s must not be negative"
                  .formatted(where, Arrays.toString(shape), Arrays.toString(strides)));
        }
        size = Math.multiplyExact(size, shape[axis]);
        last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape[axis] - 1), strides[axis]));
      }
      checkRange(where, size, last);
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          "%s: shape %s with strides %s is larger than any storage; is the file damaged?"
              .formatted(where, Arrays.toString(shape), Arrays.toString(strides)),
          e);
    }
  }

  private void checkRange(String where, long size, long last) {
    ByteBuffer data = storage.data();
    long available = data == null ? 0 : data.limit() / storage.type.bytes();
    if (size > Math.max(storage.elements, EXPANDED_LIMIT)) {
      throw new CheckpointException(
          "%s: %d elements out of a storage of %d; is the file damaged?"
              .formatted(where, size, storage.elements));
    }
    boolean inside =
        offset >= 0
            && storage.elements >= 0
            && storage.start() >= 0
            && Math.addExact(storage.start(), storage.elements) <= available
            && (size == 0 || last < storage.elements);
    if (!inside) {
      throw new CheckpointException(
          "%s: shape %s with strides %s from element %d does not fit its storage of %d elements (%d present); is the file damaged or truncated?"
              .formatted(
                  where,
                  Arrays.toString(shape),
                  Arrays.toString(strides),
                  offset,
                  storage.elements,
                  available));
    }
  }
}
