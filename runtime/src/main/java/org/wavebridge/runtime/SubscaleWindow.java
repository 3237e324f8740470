package org.wavebridge.runtime;

import org.wavebridge.graphs.bundle.BundleManifest.SubscalePart;

/**
 * Which samples of a subscale utterance the contexts of some positions read.
 *
 * @param subscale the sub-tensors of the utterance
 */
public record SubscaleWindow(SubscalePart subscale) {
  /** The first sample that any row reads or makes from a position on; a multiple of the factor. */
  public int first(int position) {
    return Math.toIntExact(first((long) position));
  }

  /** {@link #first(int)} in an utterance of any length. */
  long first(long position) {
    int oldest = 0;
    if (subscale.contextSize() > 0) {
      oldest = Math.min(oldest, subscale.horizon() - subscale.reach());
      if (subscale.ownPast()) {
        oldest = Math.min(oldest, -1 - subscale.reach());
      }
    }
    return subscale.factor() * Math.max(0, position + oldest);
  }

  /**
   * The end of the samples that any row reads for the positions before one.
   *
   * @param samples of the utterance
   */
  public int end(int position, int samples) {
    return (int) Math.min(samples, subscale.factor() * ((long) position + subscale.horizon()));
  }
}
