package org.wavebridge.runtime;

/**
 * Where the random numbers of a generation come from: {@link Uniforms} of a seed, or recorded ones.
 */
@FunctionalInterface
public interface UniformSource {
  /**
   * Fills in the uniforms of one row's samples, each in [0, 1).
   *
   * @param target receives {@code [samples, draws]} from {@code offset} on
   * @param row the row
   * @param firstSample index of the first sample
   */
  void fill(float[] target, int offset, int row, long firstSample, int samples, int draws);
}
