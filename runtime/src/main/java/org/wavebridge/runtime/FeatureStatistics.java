package org.wavebridge.runtime;

import java.util.Arrays;
import org.wavebridge.runtime.io.Features;

/**
 * Statistics of the features of an utterance.
 *
 * @param minimum smallest value
 * @param maximum largest value
 * @param mean of all values
 * @param deviation standard deviation of all values
 * @param atMinimum share of values that are the smallest one, within 1e-4
 * @param change median change of a value from one frame to the next, in the lowest quarter of the
 *     mels; 0 for one frame
 */
record FeatureStatistics(
    double minimum,
    double maximum,
    double mean,
    double deviation,
    double atMinimum,
    double change) {
  private static final double SAME = 1e-4;

  static FeatureStatistics of(Features features) {
    float[] values = features.values();
    double minimum = values[0];
    double maximum = values[0];
    double sum = 0;
    for (float value : values) {
      minimum = Math.min(minimum, value);
      maximum = Math.max(maximum, value);
      sum += value;
    }
    double mean = sum / values.length;
    double squares = 0;
    int lowest = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
      lowest += value <= minimum + SAME * Math.max(1, Math.abs(minimum)) ? 1 : 0;
    }
    return new FeatureStatistics(
        minimum,
        maximum,
        mean,
        Math.sqrt(squares / values.length),
        (double) lowest / values.length,
        change(features));
  }

  private static double change(Features features) {
    int bands = Math.max(1, features.mels() / 4);
    int steps = features.frames() - 1;
    if (steps == 0) {
      return 0;
    }
    double[] changes = new double[bands * steps];
    for (int i = 0; i < changes.length; i++) {
      int mel = i / steps;
      int frame = i % steps;
      changes[i] = Math.abs(features.at(mel, frame + 1) - features.at(mel, frame));
    }
    Arrays.sort(changes);
    return changes[changes.length / 2];
  }

  /** Share of values beyond bounds. */
  static double beyond(Features features, double low, double high) {
    int beyond = 0;
    for (float value : features.values()) {
      beyond += value < low || value > high ? 1 : 0;
    }
    return (double) beyond / features.values().length;
  }
}
