package org.wavebridge.runtime;

import java.util.Arrays;

/**
 * How well a vocoder predicts a given utterance.
 *
 * @param bits negative log-likelihood of each sample in bits, {@code [samples]}
 */
public record Score(double[] bits) {
  /** Mean bits per sample. */
  public double bitsPerSample() {
    return Arrays.stream(bits).average().orElse(0);
  }
}
