package org.wavebridge.runtime;

import org.wavebridge.graphs.model.Utterance.Crossfade;

/**
 * Cuts one utterance into overlapping folds that are generated together, each from zero state, and
 * joins them: much faster, at some cost at the joints (fatchord/WaveRNN's "batched" generation).
 *
 * <p>Fold i covers the samples {@code [i (target + overlap), i (target + overlap) + target + 2
 * overlap)}; the last one is padded with conditioning of one value ({@code
 * org.wavebridge.graphs.model.Utterance#beyond}), 0 in most bundles.
 *
 * @param target samples of a fold beside its overlaps, at most {@link #MOST_SAMPLES}
 * @param overlap samples shared by neighbouring folds, at most {@link #MOST_SAMPLES}, and at most
 *     {@link #MOST_ALIGNED} where folds are aligned
 * @param crossfade how folds are joined
 */
public record Folding(int target, int overlap, Crossfade crossfade) {
  /** The largest target, and the largest overlap: some 40 s, more than any fold is made for. */
  public static final int MOST_SAMPLES = 1_000_000;

  /** The largest overlap of folds that are aligned: each place of it is compared with all of it. */
  public static final int MOST_ALIGNED = 1 << 14;

  /** The most folds of an utterance: each is a row of its own. */
  public static final int MOST_FOLDS = 1 << 16;

  /** Checks the sizes. */
  public Folding {
    if (target < 1 || overlap < 0 || target > MOST_SAMPLES || overlap > MOST_SAMPLES) {
      throw new IllegalArgumentException(
          "folding needs a target of 1 to %d and an overlap of 0 to %d samples, found %d and %d"
              .formatted(MOST_SAMPLES, MOST_SAMPLES, target, overlap));
    }
    if (crossfade == Crossfade.ALIGN && overlap > MOST_ALIGNED) {
      throw new IllegalArgumentException(
          "aligned folds need an overlap of at most %d samples, found %d"
              .formatted(MOST_ALIGNED, overlap));
    }
  }

  /** Samples of a fold. */
  int length() {
    return target + 2 * overlap;
  }

  /** The sample that a fold starts at. */
  int start(int fold) {
    return fold * (target + overlap);
  }

  /** How many folds cover an utterance of {@code samples} samples. */
  int count(int samples) {
    int whole = Math.max(0, (samples - overlap) / (target + overlap));
    int covered = whole * (target + overlap) + overlap;
    return covered == samples && whole > 0 ? whole : whole + 1;
  }

  /**
   * Joins folds.
   *
   * @param folds {@code [folds][length]}
   * @return the whole waveform, {@code folds (target + overlap) + overlap} samples; fewer where
   *     folds were aligned
   */
  float[] unfold(float[][] folds) {
    if (crossfade == Crossfade.ALIGN) {
      return AlignedFolds.join(folds, overlap);
    }
    double[] sum = new double[folds.length * (target + overlap) + overlap];
    for (int fold = 0; fold < folds.length; fold++) {
      for (int t = 0; t < length(); t++) {
        sum[start(fold) + t] += folds[fold][t] * gain(t);
      }
    }
    float[] waveform = new float[sum.length];
    for (int t = 0; t < sum.length; t++) {
      waveform[t] = (float) sum[t];
    }
    return waveform;
  }

  /** The gain of sample t of a fold. */
  private double gain(int t) {
    int silence = overlap / 2;
    int ramp = overlap - silence;
    double gain = 1;
    if (t < overlap) {
      gain *= t < silence ? 0 : Math.sqrt(0.5 * (1 + rampAt(t - silence, ramp)));
    }
    int end = t - (target + overlap);
    if (end >= 0) {
      gain *=
          switch (crossfade) {
            case SUSTAIN -> end < silence ? 1 : Math.sqrt(0.5 * (1 - rampAt(end - silence, ramp)));
            case RELEASE, ALIGN -> end < ramp ? Math.sqrt(0.5 * (1 - rampAt(end, ramp))) : 0;
          };
    }
    return gain;
  }

  /** From -1 to 1 in {@code count} steps, both ends included. */
  private static double rampAt(int index, int count) {
    return count == 1 ? -1 : -1 + 2.0 * index / (count - 1);
  }
}
