package org.wavebridge.compress;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * What calibration saw of the inputs of one layer: the mean of {@code x x^T} over the steps, and
 * the largest magnitude of every column.
 *
 * <p>Of a layer whose outputs are the logits of a softmax, groups of {@value #GROUP} rows have a
 * mean of their own besides, in which a step counts as much as their classes are in doubt there:
 * {@code sum p (1 - p)}, by which an error of a logit changes the likelihood. A class that a step
 * rules out may have any logit that is low enough.
 */
public final class InputMoments {
  /** Rows that share weights of the steps. */
  static final int GROUP = 16;

  /** Steps whose products are made together. */
  private static final int BUFFER = 256;

  /** A step in which a group has less is as good as none. */
  private static final double LEAST_DOUBT = 1e-4;

  private final int columns;
  private final int size;
  private final DMatrixRMaj sums;
  private final float[] largest;
  private final DMatrixRMaj buffer;

  /** Sums of a group of rows, lower triangles; empty as long as none was in doubt. */
  private final float[][] doubted;

  private final double[] doubts;
  private long steps;
  private int waiting;

  /**
   * Nothing seen yet.
   *
   * @param classes of the softmax after the layer; 0 where there is none
   */
  InputMoments(int columns, int classes) {
    this.columns = columns;
    this.size = columns + 1;
    this.sums = new DMatrixRMaj(size, size);
    this.largest = new float[columns];
    this.buffer = new DMatrixRMaj(BUFFER, size);
    this.doubted = new float[(classes + GROUP - 1) / GROUP][];
    Arrays.fill(doubted, new float[0]);
    this.doubts = new double[doubted.length];
  }

  /** Columns of the layer, K. */
  public int columns() {
    return columns;
  }

  /** Inputs seen. */
  public long steps() {
    return steps;
  }

  /** The largest magnitude of each column, {@code [K]}. */
  public float[] largest() {
    return largest.clone();
  }

  /** Groups of rows with moments of their own; 0 where all rows have the same. */
  public int groups() {
    return doubted.length;
  }

  /**
   * The mean of {@code [x 1] [x 1]^T}. Many threads may ask, once all inputs are there.
   *
   * @return a new array, {@code [K + 1, K + 1]} row-major; zeros where nothing was seen
   */
  public synchronized double[] secondMoments() {
    flush();
    double[] mean = sums.data.clone();
    scale(mean, steps == 0 ? 0 : 1.0 / steps);
    return mean;
  }

  /**
   * The mean of {@code d [x 1] [x 1]^T}, d the doubt about the classes of a group of rows.
   *
   * @return a new array, {@code [K + 1, K + 1]} row-major
   */
  public double[] secondMoments(int group) {
    double[] mean = new double[size * size];
    float[] sum = doubted[group];
    if (sum.length > 0) {
      for (int i = 0; i < size; i++) {
        for (int j = 0; j <= i; j++) {
          mean[i * size + j] = sum[i * size + j] / (double) steps;
          mean[j * size + i] = mean[i * size + j];
        }
      }
    }
    return mean;
  }

  /** The mean doubt about the classes of all groups, over their number. */
  public double doubt() {
    double sum = 0;
    for (double each : doubts) {
      sum += each;
    }
    return sum / Math.max(1, steps) / Math.max(1, doubts.length);
  }

  void add(float[] x) {
    int row = waiting * size;
    buffer.data[row + columns] = 1;
    for (int k = 0; k < columns; k++) {
      buffer.data[row + k] = x[k];
      largest[k] = Math.max(largest[k], Math.abs(x[k]));
    }
    waiting++;
    steps++;
    if (waiting == BUFFER) {
      flush();
    }
  }

  /**
   * Adds an input with the logits that came of it.
   *
   * @param first index of the layer's first logit
   * @param classes of its softmax
   */
  void add(float[] x, double[] logits, int first, int classes) {
    add(x);
    double largestLogit = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      largestLogit = Math.max(largestLogit, logits[first + c]);
    }
    double[] p = new double[classes];
    double total = 0;
    for (int c = 0; c < classes; c++) {
      p[c] = StrictMath.exp(logits[first + c] - largestLogit);
      total += p[c];
    }
    for (int group = 0; group < doubted.length; group++) {
      double doubt = 0;
      for (int c = group * GROUP; c < Math.min(classes, (group + 1) * GROUP); c++) {
        doubt += p[c] / total * (1 - p[c] / total);
      }
      doubts[group] += doubt;
      if (doubt > LEAST_DOUBT) {
        addDoubted(group, x, (float) doubt);
      }
    }
  }

  /** The lower triangle is enough. */
  private void addDoubted(int group, float[] x, float doubt) {
    float[] sum = doubted[group];
    if (sum.length == 0) {
      sum = new float[size * size];
      doubted[group] = sum;
    }
    for (int i = 0; i < size; i++) {
      float scaled = i < columns ? x[i] * doubt : doubt;
      if (scaled != 0) {
        for (int j = 0; j < Math.min(i + 1, columns); j++) {
          sum[i * size + j] += scaled * x[j];
        }
      }
    }
    sum[size * size - 1] += doubt;
  }

  void add(InputMoments other) {
    flush();
    other.flush();
    CommonOps_DDRM.addEquals(sums, other.sums);
    steps += other.steps;
    for (int k = 0; k < columns; k++) {
      largest[k] = Math.max(largest[k], other.largest[k]);
    }
    for (int group = 0; group < doubted.length; group++) {
      doubts[group] += other.doubts[group];
      float[] more = other.doubted[group];
      float[] sum = doubted[group];
      if (sum.length == 0) {
        doubted[group] = more;
      } else if (more.length > 0) {
        for (int i = 0; i < sum.length; i++) {
          sum[i] += more[i];
        }
      }
    }
  }

  private void flush() {
    if (waiting > 0) {
      DMatrixRMaj rows = DMatrixRMaj.wrap(waiting, size, buffer.data);
      DMatrixRMaj product = new DMatrixRMaj(size, size);
      CommonOps_DDRM.multInner(rows, product);
      CommonOps_DDRM.addEquals(sums, product);
      waiting = 0;
    }
  }

  private static void scale(double[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
  }
}
