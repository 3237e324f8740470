package org.wavebridge.graphs.model;

/**
 * The 18 bands of LPCNet's cepstrum, at 16 kHz and 320 samples a window: from the cepstrum of a
 * frame to the energies of its bands, and on to the autocorrelation of its spectrum, which is
 * linear between the bands. Source: Valin and Skoglund 2019, section 2.2; xiph/LPCNet.
 */
public final class CepstralBands {
  /** Bands, and values of a cepstrum. */
  public static final int COUNT = 18;

  private static final int WINDOW = 320;
  private static final int ORDER = 16;
  private static final int BINS_PER_EDGE = 4;
  private static final int[] EDGES = {
    0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 34, 40
  };
  private static final float[] COMPENSATION = {
    0.8f, 1, 1, 1, 1, 1, 1, 1, 0.666667f, 0.5f, 0.5f, 0.5f, 0.333333f, 0.25f, 0.25f, 0.2f,
    0.166667f, 0.173913f
  };

  /** What the first value of a cepstrum is less than that of the logarithms. */
  private static final double OFFSET = 4;

  private static final double WHITE_NOISE = 1e-4;
  private static final double LAG_WINDOW = 6e-5;

  /** Added to the energy of the signal: 26 / 38, which the original divides in whole numbers. */
  private static final float NOISE_FLOOR = 26f / 38;

  private CepstralBands() {}

  /**
   * The way from a cepstrum to the coefficients.
   *
   * @param compensated whether the energy of a band is divided by its width, as since April 2019
   */
  public static LpcNetConditioner.Cepstral prediction(boolean compensated) {
    return new LpcNetConditioner.Cepstral(logEnergies(), autocorrelation(compensated), NOISE_FLOOR);
  }

  /** The inverse cosine transform, from logarithms of base 10 to natural ones. */
  private static Affine logEnergies() {
    float[] weight = new float[COUNT * COUNT];
    float[] bias = new float[COUNT];
    double scale = StrictMath.log(10) * Math.sqrt(2.0 / COUNT);
    for (int i = 0; i < COUNT; i++) {
      for (int j = 0; j < COUNT; j++) {
        double cosine = StrictMath.cos((i + 0.5) * j * Math.PI / COUNT);
        weight[i * COUNT + j] = (float) (scale * cosine * (j == 0 ? Math.sqrt(0.5) : 1));
      }
      bias[i] = (float) (scale * Math.sqrt(0.5) * OFFSET);
    }
    return new Affine(WeightMatrix.dense("log_energies", COUNT, COUNT, weight), bias);
  }

  /** Energies to the autocorrelation, with the windows that keep the recursion stable. */
  private static WeightMatrix autocorrelation(boolean compensated) {
    double[][] spectrum = shares();
    float[] values = new float[(ORDER + 1) * COUNT];
    for (int lag = 0; lag <= ORDER; lag++) {
      double window = lag == 0 ? 1 + WHITE_NOISE : 1 - LAG_WINDOW * lag * lag;
      for (int band = 0; band < COUNT; band++) {
        double sum = spectrum[0][band];
        for (int bin = 1; bin < WINDOW / 2; bin++) {
          int turn = bin * lag % WINDOW;
          sum += 2 * spectrum[bin][band] * StrictMath.cos(2 * Math.PI * turn / WINDOW);
        }
        values[lag * COUNT + band] =
            (float) (window * sum * (compensated ? COMPENSATION[band] : 1));
      }
    }
    return WeightMatrix.dense("autocorrelation", ORDER + 1, COUNT, values);
  }

  /** The share of each band in each bin, {@code [160][18]}; the last bin has none. */
  public static double[][] shares() {
    double[][] spectrum = new double[WINDOW / 2][COUNT];
    for (int band = 0; band + 1 < COUNT; band++) {
      int first = BINS_PER_EDGE * EDGES[band];
      int width = BINS_PER_EDGE * EDGES[band + 1] - first;
      for (int i = 0; i < width; i++) {
        double share = (double) i / width;
        spectrum[first + i][band] = 1 - share;
        spectrum[first + i][band + 1] = share;
      }
    }
    return spectrum;
  }
}
