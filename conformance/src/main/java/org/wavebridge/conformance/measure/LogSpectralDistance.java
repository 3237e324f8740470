package org.wavebridge.conformance.measure;

/** The distance of the long-term spectra of two signals. */
public final class LogSpectralDistance {
  private static final int SIZE = 256;
  private static final int BINS = SIZE / 2 + 1;

  /** Power below this, of full scale, counts as silence. */
  private static final double FLOOR = 1e-9;

  private LogSpectralDistance() {}

  /**
   * Root mean square, over the bins, of the difference of the mean power spectra in dB. Frames of
   * 256 samples under a Hann window, half overlapping.
   *
   * @param first at least 256 samples in [-1, 1]
   * @param second the same
   */
  public static double between(float[] first, float[] second) {
    double[] a = spectrum(first);
    double[] b = spectrum(second);
    double sum = 0;
    for (int k = 0; k < BINS; k++) {
      double difference = 10 * Math.log10((a[k] + FLOOR) / (b[k] + FLOOR));
      sum += difference * difference;
    }
    return Math.sqrt(sum / BINS);
  }

  private static double[] spectrum(float[] signal) {
    double[] cosine = new double[SIZE];
    double[] sine = new double[SIZE];
    for (int n = 0; n < SIZE; n++) {
      cosine[n] = Math.cos(2 * Math.PI * n / SIZE);
      sine[n] = Math.sin(2 * Math.PI * n / SIZE);
    }
    double[] power = new double[BINS];
    int frames = 0;
    // At most 2000 frames, spread over the signal, say enough of a mean.
    int hop = Math.max(SIZE / 2, signal.length / 2000);
    for (int start = 0; start + SIZE <= signal.length; start += hop, frames++) {
      double[] x = new double[SIZE];
      for (int n = 0; n < SIZE; n++) {
        x[n] = signal[start + n] * (0.5 - 0.5 * cosine[n]);
      }
      for (int k = 0; k < BINS; k++) {
        double real = 0;
        double imaginary = 0;
        for (int n = 0; n < SIZE; n++) {
          real += x[n] * cosine[k * n % SIZE];
          imaginary += x[n] * sine[k * n % SIZE];
        }
        power[k] += real * real + imaginary * imaginary;
      }
    }
    for (int k = 0; k < BINS; k++) {
      power[k] /= Math.max(1, frames);
    }
    return power;
  }
}
