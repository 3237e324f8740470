package org.wavebridge.conformance.report;

/** Amplitudes of the sines in a window of sound, by the fast Fourier transform of radix 2. */
final class Fourier {
  private final int size;
  private final double[] window;
  private final double[] cosine;
  private final double[] sine;

  /**
   * A transform.
   *
   * @param size points, a power of two
   */
  Fourier(int size) {
    this.size = size;
    window = new double[size];
    cosine = new double[size / 2];
    sine = new double[size / 2];
    for (int i = 0; i < size; i++) {
      window[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / size);
    }
    for (int i = 0; i < size / 2; i++) {
      cosine[i] = Math.cos(2 * Math.PI * i / size);
      sine[i] = -Math.sin(2 * Math.PI * i / size);
    }
  }

  /**
   * The amplitude of each bin, {@code [size / 2 + 1]}, under a Hann window: 1 for a sine of full
   * scale on a bin.
   *
   * @param from the first sample of the window; samples outside of the sound are 0
   */
  double[] amplitudes(float[] samples, long from) {
    double[] real = new double[size];
    double[] imaginary = new double[size];
    int bits = Integer.numberOfTrailingZeros(size);
    for (int i = 0; i < size; i++) {
      long at = from + i;
      double sample = at >= 0 && at < samples.length ? samples[(int) at] : 0;
      real[Integer.reverse(i) >>> (32 - bits)] = sample * window[i];
    }
    for (int half = 1; half < size; half *= 2) {
      butterflies(real, imaginary, half);
    }
    double[] amplitudes = new double[size / 2 + 1];
    for (int bin = 0; bin < amplitudes.length; bin++) {
      // A sine has two bins of half its height each, and the window halves both.
      amplitudes[bin] = 4 * Math.hypot(real[bin], imaginary[bin]) / size;
    }
    return amplitudes;
  }

  private void butterflies(double[] real, double[] imaginary, int half) {
    int stride = size / (2 * half);
    for (int start = 0; start < size; start += 2 * half) {
      for (int k = 0; k < half; k++) {
        int a = start + k;
        int b = a + half;
        double re = real[b] * cosine[k * stride] - imaginary[b] * sine[k * stride];
        double im = real[b] * sine[k * stride] + imaginary[b] * cosine[k * stride];
        real[b] = real[a] - re;
        imaginary[b] = imaginary[a] - im;
        real[a] += re;
        imaginary[a] += im;
      }
    }
  }
}
