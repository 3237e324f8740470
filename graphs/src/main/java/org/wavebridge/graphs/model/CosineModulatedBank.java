package org.wavebridge.graphs.model;

/**
 * A pseudo quadrature mirror filter bank: N bands of equal width, whose filters are one lowpass
 * prototype p of L taps, modulated by cosines (Vaidyanathan 1993, section 8.1). For band k and tap
 * n
 *
 * <pre>
 * g_k[n] = 2 p[n] cos((2k + 1) pi / (2N) (n - (L - 1) / 2) - (-1)^k pi / 4)
 * y[t]   = N sum over bands k and steps s of g_k[t - N s] x_k[s],   limited to [-1, 1]
 * </pre>
 *
 * <p>That is the {@linkplain Form#CAUSAL causal} form; see {@link Form} for another.
 *
 * <p>Splitting takes the same filters from the other end. Where the prototype is symmetric and its
 * square and that of its neighbour add up to 1, a waveform that is split and merged comes back L -
 * N samples late.
 *
 * <p>The sum is taken in binary32 from the newest step to the oldest, band by band, each product
 * and each sum rounded; the products' factors {@code N g_k} are rounded once.
 *
 * <p>State, row-major: {@code [step, band]}, the samples of the last steps.
 *
 * @param bands N, at least 2
 * @param prototype p, {@code [L]}, more taps than bands; they sum to about 1
 * @param form where the cosines are centred, and what becomes of the delay
 */
public record CosineModulatedBank(int bands, float[] prototype, Form form)
    implements BandSynthesis {
  /** Most bands, as many as a step of a network can have. */
  public static final int MOST_BANDS = 64;

  /** Where the cosines are centred, and what becomes of the delay. */
  public enum Form {
    /** The cosines are centred on the prototype; the waveform is late by the filters' delay. */
    CAUSAL,
    /**
     * That of Rongjiehuang/Multiband-WaveRNN, whose cosines lie half a sample behind the centre of
     * the prototype and whose phases have the other sign. The first (L - 1) / 2 samples are cut,
     * and as many follow the last step, so the waveform is not late. It is not limited.
     *
     * <pre>
     * g_k[n] = 2 p[n] cos((2k + 1) pi / (2N) (n - L / 2) + (-1)^k pi / 4)
     * </pre>
     */
    CENTRED
  }

  /** A causal bank. */
  public CosineModulatedBank(int bands, float[] prototype) {
    this(bands, prototype, Form.CAUSAL);
  }

  /** Checks the sizes. */
  public CosineModulatedBank {
    if (bands < 2 || bands > MOST_BANDS || prototype.length <= bands) {
      throw new IllegalArgumentException(
          "a filter bank of %d bands with %d taps; expected 2 to %d bands and more taps than bands"
              .formatted(bands, prototype.length, MOST_BANDS));
    }
  }

  /** Steps that a sample of the waveform depends on: L / N, rounded up. */
  public int steps() {
    return (prototype.length + bands - 1) / bands;
  }

  /** Tap {@code n} of the filter that merges a band; 0 beyond the last. */
  public double tap(int band, int n) {
    if (n >= prototype.length) {
      return 0;
    }
    return modulated(band, n, 1);
  }

  /** Tap {@code n} of the filter that splits a band off. */
  public double splittingTap(int band, int n) {
    return modulated(band, n, -1);
  }

  private double modulated(int band, int n, int sign) {
    boolean causal = form == Form.CAUSAL;
    double centre = (causal ? prototype.length - 1 : prototype.length) / 2.0;
    double phase = ((band % 2 == 0) == causal ? -Math.PI : Math.PI) / 4;
    double frequency = (2 * band + 1) * Math.PI / (2 * bands);
    return 2 * prototype[n] * StrictMath.cos(frequency * (n - centre) + sign * phase);
  }

  /** Whether the waveform is limited to [-1, 1]. */
  public boolean limited() {
    return form == Form.CAUSAL;
  }

  @Override
  public int cut() {
    return form == Form.CENTRED ? (prototype.length - 1) / 2 : 0;
  }

  /** The factors of a band's sample of {@code age} steps ago in each sample of a step. */
  public float[] phases(int band, int age) {
    float[] phases = new float[bands];
    for (int p = 0; p < bands; p++) {
      phases[p] = (float) (bands * tap(band, age * bands + p));
    }
    return phases;
  }

  /**
   * Half of the L - N samples of splitting and merging, before anything is cut. A filter has the
   * group delay of its prototype, (L - 1) / 2 from the first of the N samples of a step, which is
   * (L - N) / 2 from their middle.
   */
  @Override
  public double delay() {
    return (prototype.length - bands) / 2.0;
  }

  @Override
  public int stateSize() {
    return bands * (steps() - 1);
  }

  /**
   * A bank whose prototype is a lowpass in a Kaiser window, its cutoff such that neighbouring bands
   * meet at half power (Lin and Vaidyanathan 1998).
   *
   * @param bands N
   * @param tapsPerBand L / N
   * @param beta of the window: 9 attenuates what is beyond the neighbour by 90 dB
   */
  public static CosineModulatedBank kaiser(int bands, int tapsPerBand, double beta) {
    double[] window = window(bands * tapsPerBand, beta);
    double low = 0.5 / bands;
    double high = 1.0 / bands;
    for (int i = 0; i < 60; i++) {
      double cutoff = (low + high) / 2;
      double[] taps = lowpass(window, cutoff);
      if (response(taps, Math.PI / (2 * bands)) < Math.sqrt(0.5)) {
        low = cutoff;
      } else {
        high = cutoff;
      }
    }
    double[] taps = lowpass(window, (low + high) / 2);
    float[] prototype = new float[taps.length];
    for (int n = 0; n < taps.length; n++) {
      prototype[n] = (float) taps[n];
    }
    return new CosineModulatedBank(bands, prototype);
  }

  /**
   * A centred bank whose prototype is a lowpass in a Kaiser window, as the window method gives it:
   * its taps need not sum to 1.
   *
   * @param bands N
   * @param order L - 1, even
   * @param cutoff of the lowpass, in units of half the sampling rate
   * @param beta of the window
   */
  public static CosineModulatedBank windowed(int bands, int order, double cutoff, double beta) {
    double[] window = window(order + 1, beta);
    float[] prototype = new float[window.length];
    for (int n = 0; n < prototype.length; n++) {
      double x = Math.PI * cutoff * (n - order / 2);
      prototype[n] = (float) (cutoff * (x == 0 ? 1 : StrictMath.sin(x) / x) * window[n]);
    }
    return new CosineModulatedBank(bands, prototype, Form.CENTRED);
  }

  /** A sinc of a cutoff, in units of half the sampling rate, in a window; sums to 1. */
  private static double[] lowpass(double[] window, double cutoff) {
    double[] taps = new double[window.length];
    double sum = 0;
    for (int n = 0; n < taps.length; n++) {
      double x = Math.PI * cutoff * (n - (taps.length - 1) / 2.0);
      taps[n] = (x == 0 ? 1 : StrictMath.sin(x) / x) * window[n];
      sum += taps[n];
    }
    for (int n = 0; n < taps.length; n++) {
      taps[n] /= sum;
    }
    return taps;
  }

  /** The magnitude of a symmetric filter at an angular frequency. */
  private static double response(double[] taps, double frequency) {
    double sum = 0;
    for (int n = 0; n < taps.length; n++) {
      sum += taps[n] * StrictMath.cos(frequency * (n - (taps.length - 1) / 2.0));
    }
    return Math.abs(sum);
  }

  private static double[] window(int length, double beta) {
    double[] window = new double[length];
    for (int n = 0; n < length; n++) {
      double x = 2.0 * n / (length - 1) - 1;
      window[n] = bessel(beta * Math.sqrt(1 - x * x)) / bessel(beta);
    }
    return window;
  }

  /** The modified Bessel function of the first kind and order 0, by its power series. */
  private static double bessel(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; term > sum * 1e-17; k++) {
      term *= x * x / (4.0 * k * k);
      sum += term;
    }
    return sum;
  }
}
