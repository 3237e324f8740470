package org.wavebridge.runtime;

import java.util.Arrays;

/**
 * Joins folds where they fit each other best, as begeekmyfriend/WaveRNN does. The last {@code
 * overlap} samples of a fold are compared with as many of the next one, from each of its first
 * {@code overlap} places; where the cosine of both is the largest and above 0, the next fold
 * begins, and what lies before is dropped. There both fade along the halves of a Hann window of
 * {@code 2 overlap} samples whose ends are 0.
 */
final class AlignedFolds {
  private AlignedFolds() {}

  /**
   * The joined waveform, {@code folds length - (folds - 1) overlap} samples less those dropped.
   *
   * @param folds {@code [folds][length]}, length at least {@code 2 overlap}
   */
  static float[] join(float[][] folds, int overlap) {
    float[] joined = folds[0].clone();
    for (int fold = 1; fold < folds.length; fold++) {
      float[] next = folds[fold];
      int shift = shift(folds[fold - 1], next, overlap);
      int from = joined.length - overlap;
      joined = Arrays.copyOf(joined, from + next.length - shift);
      for (int t = 0; t < overlap; t++) {
        joined[from + t] =
            (float)
                (joined[from + t] * hann(overlap + t, overlap)
                    + next[shift + t] * hann(t, overlap));
      }
      System.arraycopy(
          next, shift + overlap, joined, from + overlap, next.length - shift - overlap);
    }
    return joined;
  }

  /** The first place of the best positive fit, or 0. */
  static int shift(float[] fold, float[] next, int overlap) {
    int best = 0;
    double largest = 0;
    for (int place = 0; place < overlap; place++) {
      double product = 0;
      double square = 0;
      for (int t = 0; t < overlap; t++) {
        product += (double) fold[fold.length - overlap + t] * next[place + t];
        square += (double) next[place + t] * next[place + t];
      }
      // The other square is the same everywhere. A silent stretch gives NaN, which is no fit.
      double fit = product / Math.sqrt(square);
      if (fit > largest) {
        largest = fit;
        best = place;
      }
    }
    return best;
  }

  private static double hann(int n, int overlap) {
    return 0.5 - 0.5 * StrictMath.cos(2 * Math.PI * n / (2 * overlap - 1));
  }
}
