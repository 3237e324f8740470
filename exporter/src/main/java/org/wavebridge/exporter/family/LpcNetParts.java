package org.wavebridge.exporter.family;

import org.wavebridge.graphs.model.WeightMatrix;

/**
 * The arrays of an LPCNet, whatever file they come from: as its C code multiplies with them, gates
 * z, r, h.
 *
 * @param hidden H
 * @param second M
 * @param condition C
 * @param features values of a frame that the network reads
 * @param tree whether an excitation is drawn by decisions
 * @param pitch {@code [256, P]}
 * @param first {@code [3, features + P, C]}, the oldest frame first, and its bias
 * @param secondLayer {@code [3, C, C]} and its bias
 * @param third {@code [C, C]}, inputs by outputs, and its bias
 * @param fourth likewise
 * @param tables {@code [3, 256, 3H]}: of the sample, the prediction, the excitation
 * @param gates {@code [C, 3H]} and the input bias of the first GRU
 * @param recurrent {@code [3H, H]}, outputs by inputs, with its diagonal, and the recurrent bias
 * @param secondGates {@code [C, 3M]} and the input bias of the second GRU
 * @param secondInput {@code [3M, H]}, outputs by inputs
 * @param secondRecurrent {@code [3M, M]}, outputs by inputs, and the recurrent bias
 * @param dense {@code [256, 2, M]} and {@code [256, 2]}
 * @param factor {@code [256, 2]}
 */
record LpcNetParts(
    int hidden,
    int second,
    int condition,
    int features,
    boolean tree,
    float[] pitch,
    Part first,
    Part secondLayer,
    Part third,
    Part fourth,
    float[] tables,
    Part gates,
    Part recurrent,
    Part secondGates,
    float[] secondInput,
    Part secondRecurrent,
    Part dense,
    float[] factor) {
  /** A weight and its bias. */
  record Part(float[] weight, float[] bias) {}

  /** Rows of gates z, r, h as r, z, n. */
  static float[] ownOrder(float[] rows) {
    int gate = rows.length / 3;
    float[] ordered = rows.clone();
    System.arraycopy(rows, gate, ordered, 0, gate);
    System.arraycopy(rows, 0, ordered, gate, gate);
    return ordered;
  }

  /** A matrix whose rows are gates z, r, h, as r, z, n. */
  static WeightMatrix gates(String name, float[] rows, int columns) {
    return WeightMatrix.dense(name, rows.length / columns, columns, ownOrder(rows));
  }

  /** {@code [rows, columns]} to {@code [columns, rows]}. */
  static float[] transposed(float[] values, int rows) {
    int columns = values.length / rows;
    float[] turned = new float[values.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        turned[j * rows + i] = values[i * columns + j];
      }
    }
    return turned;
  }
}
