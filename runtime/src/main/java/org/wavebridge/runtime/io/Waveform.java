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

  /** Duration in seconds. */
  public double seconds() {
    return (double) samples.length / sampleRate;
  }
}
