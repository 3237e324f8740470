package org.wavebridge.runtime;

/** Receives the logits of consecutive samples. */
@FunctionalInterface
public interface LogitsConsumer {
  /** Nobody listens. */
  LogitsConsumer NONE = (logits, samples) -> {};

  /**
   * Takes the next logits.
   *
   * @param logits {@code [samples, logits per sample]} row-major; a dual softmax has 2 x 256 a
   *     sample, coarse first
   * @param samples how many samples
   */
  void accept(float[] logits, int samples);
}
