package org.wavebridge.conformance.report;

import java.util.Arrays;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.Waveform;

/** Sound and features by time and frequency: time runs to the right, frequency upwards. */
final class Spectrogram {
  /** dB of silence. */
  static final double SILENCE = -120;

  /** dB between the darkest and the lightest colour. */
  private static final double RANGE = 75;

  /** The lightest colour is that of a multiple. */
  private static final double STEP = 5;

  /** The share of pixels that are not louder than the lightest colour; most sound has few peaks. */
  private static final double COLOURED = 0.995;

  /** Pixels of a picture to the right; longer sound is thinned. */
  private static final int MOST_COLUMNS = 900;

  private static final int ROWS = 192;
  private static final double WINDOW_SECONDS = 0.032;
  private static final double COLUMN_SECONDS = 0.005;

  private Spectrogram() {}

  /**
   * Sound in dB of a sine of full scale, by Hann windows of 32 to 64 ms, one in the middle of each
   * column. The loudest pixels have the lightest colour.
   *
   * @param time in seconds; what lies beyond the sound is silence
   * @param frequency in Hz
   */
  static HeatMap of(Waveform sound, Axis time, Axis frequency) {
    int rate = sound.sampleRate();
    int size = Integer.highestOneBit((int) (2 * WINDOW_SECONDS * rate - 1));
    int columns = columns((time.to() - time.from()) / COLUMN_SECONDS);
    double[] values = new double[ROWS * columns];
    Fourier fourier = new Fourier(size);
    for (int column = 0; column < columns; column++) {
      long centre = Math.round(time.value((column + 0.5) / columns) * rate);
      double[] amplitudes = fourier.amplitudes(sound.samples(), centre - size / 2);
      for (int row = 0; row < ROWS; row++) {
        double low = frequency.value((ROWS - row - 1.0) / ROWS) * size / rate;
        double high = frequency.value((ROWS - row) / (double) ROWS) * size / rate;
        values[row * columns + column] = decibels(strongest(amplitudes, low, high));
      }
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double loud = sorted[(int) (COLOURED * (sorted.length - 1))];
    double top = STEP * Math.ceil(Math.max(SILENCE + RANGE, loud) / STEP);
    return new HeatMap(ROWS, columns, top - RANGE, top, values);
  }

  /** The largest amplitude of the bins of a row; between two bins where a row has none. */
  private static double strongest(double[] amplitudes, double low, double high) {
    int first = (int) Math.ceil(low);
    int last = Math.min(amplitudes.length - 1, (int) Math.floor(high));
    if (first > last) {
      int below = Math.min(amplitudes.length - 2, (int) Math.floor(low));
      double part = (low + high) / 2 - below;
      return (1 - part) * amplitudes[below] + part * amplitudes[below + 1];
    }
    double most = 0;
    for (int bin = first; bin <= last; bin++) {
      most = Math.max(most, amplitudes[bin]);
    }
    return most;
  }

  private static double decibels(double amplitude) {
    return Math.max(SILENCE, 20 * Math.log10(Math.max(1e-9, amplitude)));
  }

  /** Features, a band a row, from their smallest value to their largest; long ones by means. */
  static HeatMap of(Features features) {
    int columns = columns(features.frames());
    double[] values = new double[features.mels() * columns];
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int row = 0; row < features.mels(); row++) {
      for (int column = 0; column < columns; column++) {
        int from = (int) ((long) column * features.frames() / columns);
        int to = (int) ((column + 1L) * features.frames() / columns);
        double sum = 0;
        for (int frame = from; frame < to; frame++) {
          sum += features.at(features.mels() - 1 - row, frame);
        }
        double mean = sum / (to - from);
        values[row * columns + column] = mean;
        low = Math.min(low, mean);
        high = Math.max(high, mean);
      }
    }
    return new HeatMap(features.mels(), columns, low, high > low ? high : low + 1, values);
  }

  private static int columns(double wanted) {
    return (int) Math.max(1, Math.min(MOST_COLUMNS, Math.rint(wanted)));
  }
}
