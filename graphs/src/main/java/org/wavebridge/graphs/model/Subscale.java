package org.wavebridge.graphs.model;

import java.util.Optional;

/**
 * Subscale generation: an utterance is divided into {@code factor} sub-tensors that are generated
 * together, each a little behind the one before. Sub-tensor s holds the samples {@code u[factor * i
 * + s]}. The sample at position i of sub-tensor s depends on the positions before i of its own
 * sub-tensor and on the positions up to i + horizon of the sub-tensors before s. Every sub-tensor
 * starts from the initial state of the network.
 *
 * @param factor sub-tensors B, 1 to 64, at most {@link ContextNetwork#factor()}; where it is less
 *     than that, the channels beyond it are 0
 * @param horizon future positions F of earlier sub-tensors that a sample depends on
 * @param chunk positions whose contexts are computed at once; 1 where the context carries the
 *     sub-tensor's own past
 * @param context what a step takes from earlier sub-tensors, or empty where they are independent
 */
public record Subscale(int factor, int horizon, int chunk, Optional<ContextNetwork> context) {
  /** Most sub-tensors. */
  public static final int MAXIMUM_FACTOR = 64;

  /** Checks the values. */
  public Subscale {
    if (factor < 1 || factor > MAXIMUM_FACTOR) {
      throw new IllegalArgumentException(
          "subscale factor: expected 1 to %d, found %d".formatted(MAXIMUM_FACTOR, factor));
    }
    if (horizon < 0) {
      throw new IllegalArgumentException("subscale horizon: expected 0 or more, found " + horizon);
    }
    if (chunk < 1 || chunk > Integer.MAX_VALUE - horizon) {
      throw new IllegalArgumentException(
          "subscale chunk: expected 1 to %d, found %d"
              .formatted(Integer.MAX_VALUE - horizon, chunk));
    }
    if (context.isPresent()) {
      check(factor, chunk, context.get());
    }
  }

  private static void check(int factor, int chunk, ContextNetwork context) {
    if (factor > context.factor()) {
      throw new IllegalArgumentException(
          "subscale factor: the context network was trained for at most %d, found %d"
              .formatted(context.factor(), factor));
    }
    if (context.ownPast() && chunk != 1) {
      throw new IllegalArgumentException(
          "subscale chunk: expected 1, because the context carries the sub-tensor's own past, "
              + "found "
              + chunk);
    }
  }

  /** How many steps a sub-tensor is behind the one before: horizon + chunk. */
  public int lag() {
    return horizon + chunk;
  }

  /**
   * The same network with fewer sub-tensors or another chunk.
   *
   * @throws IllegalArgumentException if this network cannot be used so
   */
  public Subscale with(int otherFactor, int otherChunk) {
    return new Subscale(otherFactor, horizon, otherChunk, context);
  }
}
