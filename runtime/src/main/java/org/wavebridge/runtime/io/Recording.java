package org.wavebridge.runtime.io;

/**
 * Sound as a file holds it: one channel or several.
 *
 * @param channels amplitudes, nominally in [-1, 1), {@code [channels][samples]}; all of one length
 * @param sampleRate samples per second
 */
public record Recording(float[][] channels, int sampleRate) {
  /** Checks the sizes. */
  public Recording {
    if (channels.length < 1 || sampleRate < 1) {
      throw new IllegalArgumentException(
          "expected at least one channel and a sample rate above 0, found %d and %d"
              .formatted(channels.length, sampleRate));
    }
    for (float[] channel : channels) {
      if (channel.length != channels[0].length) {
        throw new IllegalArgumentException("expected channels of one length");
      }
    }
  }

  /** Samples of each channel. */
  public int samples() {
    return channels[0].length;
  }

  /** The mean of the channels, added in their order; a single channel stays as it is. */
  public Waveform mixed() {
    if (channels.length == 1) {
      return new Waveform(channels[0], sampleRate);
    }
    float[] mixed = new float[samples()];
    for (int t = 0; t < mixed.length; t++) {
      double sum = 0;
      for (float[] channel : channels) {
        sum += channel[t];
      }
      mixed[t] = (float) (sum / channels.length);
    }
    return new Waveform(mixed, sampleRate);
  }
}
