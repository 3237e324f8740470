package org.wavebridge.runtime.io;

/**
 * Sound with one channel.
 *
 * @param samples amplitudes, nominally in [-1, 1)
 * @param sampleRate samples per second
 */
public record Waveform(float[] samples, int sampleRate) {
  /** Checks the rate. */
  public Waveform {
    if (sampleRate < 1) {
      throw new IllegalArgumentException("expected a sample rate above 0, found " + sampleRate);
    }
  }

  /**
   * The same sound at another level, limited to [-1, 1]. Silence stays as it is.
   *
   * @param decibels of the root of the mean square, below full scale: 0 or less
   */
  public Waveform atLevel(double decibels) {
    double sum = 0;
    for (float sample : samples) {
      sum += (double) sample * sample;
    }
    if (sum == 0) {
      return this;
    }
    double gain = StrictMath.pow(10, decibels / 20) / Math.sqrt(sum / samples.length);
    float[] scaled = new float[samples.length];
    for (int t = 0; t < scaled.length; t++) {
      scaled[t] = (float) Math.max(-1, Math.min(1, samples[t] * gain));
    }
    return new Waveform(scaled, sampleRate);
  }

  /** Duration in seconds. */
  public double seconds() {
    return (double) samples.length / sampleRate;
  }
}
