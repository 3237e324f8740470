package org.wavebridge.compress;

import org.ejml.data.DMatrixRMaj;

/**
 * The second moments that rows of a layer are compressed by, with something added to each column's
 * own for inputs that calibration did not hear.
 */
final class DampedMoments {
  /** Of the mean second moment, which is added to each. */
  private static final double DAMPING = 0.001;

  /** How much a step counts in which the classes of a row are in no doubt, of the mean doubt. */
  private static final double UNDOUBTED = 0.01;

  private final int size;
  private final double[] values;

  private DampedMoments(int size, double[] values) {
    this.size = size;
    this.values = values;
  }

  /**
   * Those of a group of rows.
   *
   * @param group in the moments; any where all rows have the same
   */
  static DampedMoments of(InputMoments inputs, int group) {
    double[] moments = inputs.secondMoments();
    if (inputs.groups() > 0) {
      double[] own = inputs.secondMoments(group);
      double share = UNDOUBTED * inputs.doubt();
      for (int i = 0; i < moments.length; i++) {
        moments[i] = own[i] + share * moments[i];
      }
    }
    int columns = inputs.columns();
    int size = columns + 1;
    double trace = 0;
    for (int k = 0; k < columns; k++) {
      trace += moments[k * size + k];
    }
    double more = trace > 0 ? DAMPING * trace / columns : 1;
    for (int k = 0; k < columns; k++) {
      moments[k * size + k] += more;
    }
    // Where nothing was heard there is no bias to learn either.
    if (!(moments[size * size - 1] > 0)) {
      moments[size * size - 1] = 1;
    }
    return new DampedMoments(size, moments);
  }

  /** The place of the bias after all columns. */
  int bias() {
    return size - 1;
  }

  /** The moment of two columns. */
  double at(int a, int b) {
    return values[a * size + b];
  }

  /** The moments of some columns. */
  DMatrixRMaj of(int[] places) {
    DMatrixRMaj part = new DMatrixRMaj(places.length, places.length);
    for (int i = 0; i < places.length; i++) {
      for (int j = 0; j < places.length; j++) {
        part.data[i * places.length + j] = at(places[i], places[j]);
      }
    }
    return part;
  }
}
