package org.wavebridge.exporter.family;

import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * Stand-ins for layers that a network lacks. A second GRU without weights keeps a zero state at
 * zero, since its candidate is tanh(0), and adds nothing to x. A dense layer that is the identity
 * leaves what a ReLU gave as it is. Both are exact. Zero blocks are not stored, so what is
 * multiplied is the identity's diagonal alone.
 */
final class AbsentLayers {
  private AbsentLayers() {}

  /** A layer of zeros. */
  static Affine zero(String name, int rows, int columns) {
    return new Affine(
        WeightMatrix.dense(name, rows, columns, new float[rows * columns]), new float[rows]);
  }

  /** The input of an absent GRU, which takes no aux conditioning. */
  static AuxAffine none(String name, int rows, int columns) {
    Affine layer = zero(name + "_input", rows, columns);
    return new AuxAffine(layer.weight(), empty(name + "_aux", rows), layer.bias());
  }

  /** A layer that changes nothing. */
  static AuxAffine identity(String name, int size) {
    float[] values = new float[size * size];
    for (int i = 0; i < size; i++) {
      values[i * size + i] = 1;
    }
    return new AuxAffine(
        WeightMatrix.dense(name, size, size, values), empty(name + "_aux", size), new float[size]);
  }

  private static WeightMatrix empty(String name, int rows) {
    return WeightMatrix.dense(name, rows, 0, new float[0]);
  }
}
