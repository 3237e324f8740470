package org.wavebridge.exporter.checkpoint;

import java.util.Arrays;

/** Tensors of zeros that no file holds. */
public final class MadeUpTensor {
  private MadeUpTensor() {}

  /** Of an element type and a shape. */
  public static CheckpointTensor of(ElementType type, long... shape) {
    long[] strides = new long[shape.length];
    long size = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = size;
      size *= shape[axis];
    }
    Storage none = new Storage(type, Arrays.toString(shape), size);
    return new CheckpointTensor(none, 0, shape.clone(), strides);
  }
}
