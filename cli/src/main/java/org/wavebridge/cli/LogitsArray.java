package org.wavebridge.cli;

import org.wavebridge.graphs.InputException;

/** Collects the logits of an utterance piece by piece, if they are wanted. */
final class LogitsArray {
  private final int samples;
  private float[] values = new float[0];
  private int filled;

  /**
   * An array for the logits of an utterance.
   *
   * @param samples samples to come; 0 if the logits are not wanted
   */
  LogitsArray(int samples) {
    this.samples = samples;
  }

  /**
   * The first piece tells how many logits a sample has: a later one cannot be larger than what is
   * left.
   */
  void add(float[] piece, int pieceSamples) {
    if (samples == 0) {
      return;
    }
    if (values.length == 0) {
      long size = (long) samples * (piece.length / pieceSamples);
      if (size > Integer.MAX_VALUE - 16) {
        throw new InputException(
            "%d samples have too many logits for one array; score a shorter utterance"
                .formatted(samples));
      }
      values = new float[(int) size];
    }
    System.arraycopy(piece, 0, values, filled, piece.length);
    filled += piece.length;
  }

  /** All logits. */
  float[] values() {
    return values;
  }
}
