package org.wavebridge.runtime;

import java.util.Arrays;

/**
 * The pitch of frames of 160 samples one after the other, as xiph/LPCNet tracks it: the normalised
 * correlation of the residual of a linear prediction with itself 1 to 256 samples earlier, and of
 * all courses of the period over half frames the one with the largest sum.
 *
 * <p>Place i of an array of lags is lag 256 - i.
 */
final class PitchTracker {
  private static final int FRAME = 160;
  private static final int HALF = FRAME / 2;
  private static final int LONGEST = 256;
  private static final int SHORTEST = 32;

  /** Places that a course may take. */
  private static final int PLACES = LONGEST - SHORTEST;

  private static final int REACH = 3;
  private static final int JUMP = 4;
  private static final double JUMP_COST = 0.02;
  private static final double ANY_JUMP_COST = 6;
  private static final double OCTAVE_MARGIN = 1.1;
  private static final double OCTAVE_PENALTY = 0.8;
  private static final double SMOOTHING = 0.7;
  private static final double[] THIRD = third();

  /** The residual of the last 256 samples and this frame. */
  private final double[] residual = new double[LONGEST + FRAME];

  private double[] history = new double[0];
  private double filtered;

  private double[] sums = new double[PLACES];
  private double largest;
  private int best;

  /** Taps that interpolate a third of a sample away: a sinc in a Hann window, of sum 1. */
  private static double[] third() {
    double[] taps = new double[2 * REACH + 1];
    double sum = 0;
    for (int i = 0; i < taps.length; i++) {
      int n = i - REACH;
      double x = Math.PI * (n + 1.0 / 3);
      taps[i] = StrictMath.sin(x) / x * (0.5 + 0.5 * StrictMath.cos(Math.PI * n / 4.5));
      sum += taps[i];
    }
    for (int i = 0; i < taps.length; i++) {
      taps[i] /= sum;
    }
    return taps;
  }

  /**
   * Takes a frame.
   *
   * @param samples pre-emphasised
   * @param coefficients of the frame's linear prediction
   * @return its period as a feature, 0.02 (period - 100), and its correlation less 0.5
   */
  double[] next(double[] samples, double[] coefficients) {
    append(samples, coefficients);
    double[][] correlations = {correlations(0), correlations(HALF)};
    double[] weights = {energy(LONGEST, HALF), energy(LONGEST + HALF, HALF)};
    double scale = 2 / (weights[0] + weights[1] + 1e-15);
    int[][] from = new int[2][];
    for (int half = 0; half < 2; half++) {
      weights[half] *= scale;
      penaliseOctaves(correlations[half]);
      from[half] = follow(correlations[half], weights[half]);
    }
    int second = best;
    int first = from[1][second];
    double correlation =
        (weights[0] * correlations[0][first] + weights[1] * correlations[1][second]) / 2;
    int periods = Math.max(66, Math.min(510, 2 * LONGEST - first - second));
    return new double[] {0.01 * (periods - 200), correlation - 0.5};
  }

  private void append(double[] samples, double[] coefficients) {
    System.arraycopy(residual, FRAME, residual, 0, LONGEST);
    double[] past = Arrays.copyOf(history, coefficients.length);
    for (int n = 0; n < FRAME; n++) {
      double sum = samples[n];
      for (int j = 0; j < past.length; j++) {
        sum += coefficients[j] * past[j];
      }
      System.arraycopy(past, 0, past, 1, past.length - 1);
      past[0] = samples[n];
      residual[LONGEST + n] = sum + SMOOTHING * filtered;
      filtered = sum;
    }
    history = past;
  }

  private double energy(int from, int count) {
    return product(from, from, count);
  }

  private double product(int from, int other, int count) {
    double sum = 0;
    for (int n = 0; n < count; n++) {
      sum += residual[from + n] * residual[other + n];
    }
    return sum;
  }

  /** The correlations of a half, each the largest of those up to a third of a sample away. */
  private double[] correlations(int offset) {
    int from = LONGEST + offset;
    double own = energy(from, HALF);
    double[] whole = new double[LONGEST];
    for (int i = 0; i < LONGEST; i++) {
      double energies = 1 + own + energy(i + offset, HALF);
      whole[i] = 2 * product(from, i + offset, HALF) / energies;
    }
    double[] made = whole.clone();
    for (int i = REACH + 1; i < LONGEST - REACH - 1; i++) {
      double before = 0;
      double after = 0;
      for (int j = 0; j < THIRD.length; j++) {
        before += whole[i - REACH + j] * THIRD[j];
        after += whole[i + REACH - j] * THIRD[j];
      }
      made[i] = Math.max(whole[i], Math.max(before, after));
    }
    return made;
  }

  /** Lowers what may be twice the period. */
  private static void penaliseOctaves(double[] correlations) {
    for (int i = 0; i < LONGEST - 2 * SHORTEST; i++) {
      double half =
          Math.max(
              Math.max(correlations[(LONGEST + i) / 2], correlations[(LONGEST + i + 2) / 2]),
              correlations[(LONGEST + i - 1) / 2]);
      if (correlations[i] < half * OCTAVE_MARGIN) {
        correlations[i] *= OCTAVE_PENALTY;
      }
    }
  }

  /** Takes every course one half further; the place before each place. */
  private int[] follow(double[] correlations, double weight) {
    int[] from = new int[PLACES];
    double[] next = new double[PLACES];
    int place = 0;
    for (int i = 0; i < PLACES; i++) {
      double most = largest - ANY_JUMP_COST;
      from[i] = best;
      for (int j = Math.max(0, i - JUMP); j <= Math.min(PLACES - 1, i + JUMP); j++) {
        double sum = sums[j] - JUMP_COST * (j - i) * (j - i);
        if (sum > most) {
          most = sum;
          from[i] = j;
        }
      }
      next[i] = most + weight * correlations[i];
      place = next[i] > next[place] ? i : place;
    }
    largest = next[place];
    best = place;
    for (int i = 0; i < PLACES; i++) {
      next[i] -= largest;
    }
    sums = next;
    return from;
  }
}
