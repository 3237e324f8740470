package org.wavebridge.conformance.measure;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * How well draws fit a distribution, in standard deviations: near 0 for a good fit, large for a bad
 * one, far below 0 for draws too regular to be independent.
 */
public final class GoodnessOfFit {
  private GoodnessOfFit() {}

  /**
   * Pearson's chi-square. Neighbouring cells are joined until each expects {@code least} draws.
   *
   * @param counts draws seen, by cell
   * @param probabilities of the cells; sum to 1
   * @return infinity if a cell without probability was drawn
   */
  public static double chiSquare(long[] counts, double[] probabilities, double least) {
    long draws = Arrays.stream(counts).sum();
    double statistic = 0;
    int cells = 0;
    double expected = 0;
    long seen = 0;
    double left = draws;
    for (int i = 0; i < counts.length; i++) {
      if (probabilities[i] == 0 && counts[i] > 0) {
        return Double.POSITIVE_INFINITY;
      }
      expected += draws * probabilities[i];
      seen += counts[i];
      left -= draws * probabilities[i];
      // The rest at the end belongs to the last cell that was large enough.
      if (i == counts.length - 1 || (expected >= least && left >= least)) {
        statistic += (seen - expected) * (seen - expected) / expected;
        cells++;
        expected = 0;
        seen = 0;
      }
    }
    return normal(statistic, cells - 1);
  }

  /** Wilson and Hilferty 1931: the cube root of chi-square over its mean is nearly normal. */
  private static double normal(double chiSquare, int freedom) {
    double spread = 2 / (9.0 * freedom);
    return (Math.cbrt(chiSquare / freedom) - (1 - spread)) / Math.sqrt(spread);
  }

  /**
   * Kolmogorov and Smirnov's statistic times the root of the number of draws: above 1.95 for one
   * set of draws in a thousand.
   *
   * @param draws sorted here
   * @param below the distribution function
   */
  public static double kolmogorovSmirnov(float[] draws, DoubleUnaryOperator below) {
    Arrays.sort(draws);
    double worst = 0;
    for (int i = 0; i < draws.length; i++) {
      if (draws[i] > -1 && draws[i] < 1) {
        double probability = below.applyAsDouble(draws[i]);
        double before = (double) i / draws.length;
        double after = (i + 1.0) / draws.length;
        worst = Math.max(worst, Math.max(probability - before, after - probability));
      }
    }
    return worst * Math.sqrt(draws.length);
  }

  /** softmax(logits / temperature) in double precision. */
  public static double[] softmax(float[] logits, double temperature) {
    double top = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      top = Math.max(top, logit);
    }
    double[] shares = new double[logits.length];
    double total = 0;
    for (int i = 0; i < shares.length; i++) {
      shares[i] = Math.exp((logits[i] - top) / temperature);
      total += shares[i];
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= total;
    }
    return shares;
  }
}
