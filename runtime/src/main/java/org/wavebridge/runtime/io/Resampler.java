package org.wavebridge.runtime.io;

import java.util.HashMap;
import java.util.Map;
import org.wavebridge.graphs.InputException;

/**
 * Changes the sample rate of a waveform: a polyphase filter, a sinc under a Kaiser window. Within
 * 0.01 dB up to 0.9 of the lower of the two Nyquist frequencies; at least 90 dB down from that
 * frequency on, images and aliases alike. Linear phase, not delayed: sample t of the result lies at
 * t / rate, and before and behind the waveform there is silence.
 *
 * <p>Plain IEEE operations in one order and {@link StrictMath}: the same bits on every machine.
 * Source: Kaiser, "Nonrecursive digital filter design using the I0-sinh window function" (1974).
 */
public final class Resampler {
  /** Attenuation that the window is made for, in dB. */
  private static final double ATTENUATION = 96;

  /** Of the lower Nyquist frequency: the middle of the transition, and its width. */
  private static final double CUTOFF = 0.95;

  private static final double TRANSITION = 0.1;

  private static final double BETA = 0.1102 * (ATTENUATION - 8.7);

  /** Half the length of the filter, in samples of the lower rate; Kaiser's estimate. */
  private static final int HALF =
      (int) StrictMath.ceil((ATTENUATION - 7.95) / (2 * 2.285 * StrictMath.PI * TRANSITION));

  private static final int MAXIMUM_RATIO = 1000;
  private static final int KEPT_PHASES = 4096;

  private final int from;
  private final int to;
  private final double stretch;
  private final int reach;
  private final Map<Integer, double[]> phases = new HashMap<>();

  private Resampler(int from, int to) {
    this.from = from;
    this.to = to;
    this.stretch = Math.max(1, (double) from / to);
    this.reach = (int) StrictMath.ceil(HALF * stretch);
  }

  /**
   * The sound at another sample rate, ceil(samples * rate / waveform's rate) samples; the waveform
   * itself where that is its rate.
   *
   * @param rate samples per second, above 0
   * @throws InputException if one rate is more than 1,000 times the other, or the result too long
   */
  public static Waveform resample(Waveform waveform, int rate) {
    if (rate < 1) {
      throw new IllegalArgumentException("expected a sample rate above 0, found " + rate);
    }
    int given = waveform.sampleRate();
    if (given == rate) {
      return waveform;
    }
    long length = ((long) waveform.samples().length * rate + given - 1) / given;
    if ((double) Math.max(given, rate) / Math.min(given, rate) > MAXIMUM_RATIO
        || length > Integer.MAX_VALUE - 16) {
      throw new InputException(
          "a recording of %d samples at %d Hz cannot be resampled to %d Hz"
              .formatted(waveform.samples().length, given, rate));
    }
    int divisor = divisor(given, rate);
    Resampler resampler = new Resampler(given / divisor, rate / divisor);
    return new Waveform(resampler.run(waveform.samples(), (int) length), rate);
  }

  /** Sample t lies at t from / to of the given ones: a whole number and a phase, both exact. */
  private float[] run(float[] given, int length) {
    float[] made = new float[length];
    for (int t = 0; t < length; t++) {
      long position = (long) t * from;
      int first = (int) (position / to) - reach + 1;
      double[] taps = taps((int) (position % to));
      double sum = 0;
      int end = Math.min(taps.length, given.length - first);
      for (int i = Math.max(0, -first); i < end; i++) {
        sum += taps[i] * given[first + i];
      }
      made[t] = (float) sum;
    }
    return made;
  }

  /** The filter at a phase; a rate with very many of them is not kept. */
  private double[] taps(int phase) {
    double[] kept = phases.get(phase);
    if (kept == null) {
      kept = made((double) phase / to);
      if (phases.size() < KEPT_PHASES) {
        phases.put(phase, kept);
      }
    }
    return kept;
  }

  /** Taps for the given samples from {@code reach - 1} before to {@code reach} behind; sum 1. */
  private double[] made(double fraction) {
    double[] taps = new double[2 * reach];
    double sum = 0;
    for (int i = 0; i < taps.length; i++) {
      double x = (i - reach + 1 - fraction) / stretch;
      taps[i] = sinc(CUTOFF * x) * window(x / HALF);
      sum += taps[i];
    }
    for (int i = 0; i < taps.length; i++) {
      taps[i] /= sum;
    }
    return taps;
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : StrictMath.sin(StrictMath.PI * x) / (StrictMath.PI * x);
  }

  /** Kaiser's window over [-1, 1]. */
  private static double window(double x) {
    double inside = 1 - x * x;
    return inside < 0 ? 0 : bessel(BETA * StrictMath.sqrt(inside)) / bessel(BETA);
  }

  /** The modified Bessel function of order 0, by its power series. */
  private static double bessel(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; term > 1e-18 * sum; k++) {
      term *= x / (2 * k) * (x / (2 * k));
      sum += term;
    }
    return sum;
  }

  private static int divisor(int a, int b) {
    return b == 0 ? a : divisor(b, a % b);
  }
}
