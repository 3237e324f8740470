package org.wavebridge.runtime;

import java.util.Objects;

/**
 * The random numbers of a seed: one uniform in [0, 1) for every row, sample and draw, a fixed
 * function of the four, so that neither chunks nor batches nor threads change a result. A uniform
 * is k * 2^-24 with k the top 24 bits of the first word of {@link Philox} for the key {@code seed}
 * and the counter (draw, low word of the sample, high word of the sample, row).
 */
public final class Uniforms implements UniformSource {
  private final long seed;

  /** The uniforms of a seed. */
  public Uniforms(long seed) {
    this.seed = seed;
  }

  /** The seed. */
  public long seed() {
    return seed;
  }

  /**
   * One uniform.
   *
   * @param row sequence in the batch
   * @param sample index of the sample in its sequence, from 0
   * @param draw which of the draws for the sample
   */
  public float at(int row, long sample, int draw) {
    return uniform(new int[4], row, sample, draw);
  }

  /**
   * Writes the uniforms of consecutive samples of a row, laid out {@code [samples, draws]}.
   *
   * @param target receives {@code samples * draws} values
   * @param offset where in the target to start
   * @param row sequence in the batch
   * @param firstSample index of the first sample in its sequence, from 0
   * @param samples how many samples
   * @param draws draws of one sample
   * @throws IndexOutOfBoundsException if the target is too short
   */
  @Override
  public void fill(float[] target, int offset, int row, long firstSample, int samples, int draws) {
    Objects.checkFromIndexSize(offset, Math.multiplyExact(samples, draws), target.length);
    int[] block = new int[4];
    int at = offset;
    for (int i = 0; i < samples; i++) {
      for (int draw = 0; draw < draws; draw++) {
        target[at++] = uniform(block, row, firstSample + i, draw);
      }
    }
  }

  private float uniform(int[] block, int row, long sample, int draw) {
    block[0] = draw;
    block[1] = (int) sample;
    block[2] = (int) (sample >>> 32);
    block[3] = row;
    Philox.apply(block, seed);
    return (block[0] >>> 8) * 0x1p-24f;
  }
}
