package org.wavebridge.runtime.internal.tensorrt;

import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.wavebridge.graphs.GraphException;

/** Shapes as TensorRT has them. */
final class Shapes {
  private Shapes() {}

  /** A shape for TensorRT, to be closed. */
  static Dims64 dims(long[] shape) {
    Dims64 dims = new Dims64();
    dims.nbDims(shape.length);
    for (int axis = 0; axis < shape.length; axis++) {
      dims.d(axis, shape[axis]);
    }
    return dims;
  }

  /**
   * A shape from TensorRT.
   *
   * @param name of the tensor, for the message
   * @throws GraphException if it is not known
   */
  static long[] of(Dims64 dims, String name) {
    if (dims.nbDims() < 0) {
      throw new GraphException("TensorRT does not know the shape of '%s'".formatted(name));
    }
    long[] shape = new long[dims.nbDims()];
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = dims.d(axis);
      if (shape[axis] < 0) {
        throw new GraphException("TensorRT does not know the shape of '%s'".formatted(name));
      }
    }
    return shape;
  }
}
