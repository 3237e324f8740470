package org.wavebridge.exporter.family;

import static org.wavebridge.exporter.family.TensorReader.ANY;

import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * Layers of three flat arrays, {@code weights [rows * columns]} row by row, {@code mask} of the
 * same size (1 where a weight counts, 0 where it does not) and {@code bias [rows]}. The bias tells
 * the rows, and with them the weights the columns.
 */
final class RawLayers {
  private final TensorReader tensors;
  private final String prefix;

  RawLayers(TensorReader tensors, String prefix) {
    this.tensors = tensors;
    this.prefix = prefix;
  }

  /** Rows of a layer. */
  int rows(String layer) {
    return (int) tensors.shape(prefix + layer + "_bias", ANY)[0];
  }

  /** Columns of a layer. */
  int columns(String layer) {
    int rows = rows(layer);
    long values = tensors.shape(prefix + layer + "_weights", ANY)[0];
    if (values % rows != 0) {
      throw tensors.refused(
          "tensor '%s%s_weights': expected a multiple of the %d rows that the bias has, found %d values"
              .formatted(prefix, layer, rows, values));
    }
    return (int) (values / rows);
  }

  /**
   * A layer of a size.
   *
   * @param weight name of its matrix in the model
   * @throws org.wavebridge.graphs.CheckpointException if an array has another size, or a mask other
   *     values than 0 and 1
   */
  Affine affine(String layer, String weight, int rows, int columns) {
    String name = prefix + layer;
    float[] bias = tensors.floats(name + "_bias", rows);
    float[] values = tensors.floats(name + "_weights", (long) rows * columns);
    float[] mask = tensors.floats(name + "_mask", (long) rows * columns);
    for (int i = 0; i < values.length; i++) {
      if (mask[i] != 0 && mask[i] != 1) {
        throw tensors.refused(
            "tensor '%s_mask': expected 0 or 1, found %s at %d".formatted(name, mask[i], i));
      }
      values[i] = mask[i] == 0 ? 0 : values[i];
    }
    return new Affine(WeightMatrix.dense(weight, rows, columns, values), bias);
  }
}
