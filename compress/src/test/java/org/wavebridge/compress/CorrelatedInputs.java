package org.wavebridge.compress;

import java.util.Random;
import org.wavebridge.graphs.model.WeightMatrix;

/** Inputs that are mixtures of a few sources, with a mean and a little noise. */
final class CorrelatedInputs {
  private final double[][] mixing;
  private final double[] mean;

  CorrelatedInputs(Random random, int columns, int sources) {
    mixing = new double[columns][sources];
    mean = new double[columns];
    for (int k = 0; k < columns; k++) {
      mean[k] = 0.3 * random.nextGaussian();
      for (int s = 0; s < sources; s++) {
        mixing[k][s] = random.nextGaussian() / Math.sqrt(sources);
      }
    }
  }

  float[] next(Random random) {
    double[] source = random.doubles(mixing[0].length, -1, 1).toArray();
    float[] x = new float[mixing.length];
    for (int k = 0; k < x.length; k++) {
      double sum = mean[k] + 0.02 * random.nextGaussian();
      for (int s = 0; s < source.length; s++) {
        sum += mixing[k][s] * source[s];
      }
      x[k] = (float) sum;
    }
    return x;
  }

  InputMoments heard(Random random, int steps) {
    InputMoments moments = new InputMoments(mixing.length, 0);
    for (int i = 0; i < steps; i++) {
      moments.add(next(random));
    }
    return moments;
  }

  /** The mean squared difference of outputs on inputs that were not heard. */
  double error(Random random, WeightMatrix matrix, ChangedLayer changed) {
    double sum = 0;
    for (int i = 0; i < 1000; i++) {
      float[] x = next(random);
      for (int row = 0; row < matrix.rows(); row++) {
        double difference = changed.bias()[row];
        for (int k = 0; k < x.length; k++) {
          difference += ((double) changed.weight().at(row, k) - matrix.at(row, k)) * x[k];
        }
        sum += difference * difference;
      }
    }
    return sum / 1000 / matrix.rows();
  }

  static WeightMatrix matrix(Random random, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return WeightMatrix.dense("w", rows, columns, values);
  }
}
