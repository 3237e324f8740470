package org.wavebridge.reference;

import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelAnalysis.Framing;
import org.wavebridge.graphs.model.MelAnalysis.LogScale;
import org.wavebridge.graphs.model.MelScale;

/**
 * Waveform to features in double precision: {@link MelAnalysis}, with the Fourier transform as it
 * is defined.
 */
public final class MelReference {
  private final MelAnalysis analysis;
  private final int hop;
  private final double[][] filters;
  private final double[] window;
  private final double[] cosine;
  private final double[] sine;

  /**
   * An analysis.
   *
   * @param mels values per frame
   * @param hop samples per frame
   * @param sampleRate samples per second
   */
  public MelReference(MelAnalysis analysis, int mels, int hop, int sampleRate) {
    this.analysis = analysis;
    this.hop = hop;
    this.filters =
        switch (analysis.filterShape()) {
          case UNIT_AREA -> filters(analysis, mels, sampleRate);
          case UNIT_PEAK_IN_MEL -> peaks(analysis, mels, sampleRate);
        };
    this.window = new double[analysis.windowLength()];
    for (int n = 0; n < window.length; n++) {
      window[n] = 0.5 - 0.5 * StrictMath.cos(2 * Math.PI * n / window.length);
    }
    this.cosine = new double[analysis.fftSize()];
    this.sine = new double[analysis.fftSize()];
    for (int n = 0; n < cosine.length; n++) {
      cosine[n] = StrictMath.cos(2 * Math.PI * n / cosine.length);
      sine[n] = StrictMath.sin(2 * Math.PI * n / sine.length);
    }
  }

  /**
   * The features of a waveform.
   *
   * @param waveform at least one sample
   * @return {@code [mels][frames]}: frame f is centred on sample f hop, 1 + samples / hop of them;
   *     or it ends before sample (f + 1) hop, samples / hop of them
   */
  public double[][] features(float[] waveform) {
    boolean centred = analysis.framing() == Framing.CENTRED;
    int size = analysis.fftSize();
    // The middle of an odd transform is a sample; of an even one, it lies before a sample.
    int frames = centred ? (waveform.length - size % 2) / hop + 1 : waveform.length / hop;
    int first = centred ? (size - window.length) / 2 - size / 2 : hop - window.length;
    double[][] features = new double[filters.length][frames];
    for (int f = 0; f < frames; f++) {
      double[] magnitude = magnitudes(waveform, f * hop + first);
      for (int m = 0; m < filters.length; m++) {
        double sum = 0;
        for (int k = 0; k < magnitude.length; k++) {
          sum += filters[m][k] * magnitude[k];
        }
        features[m][f] = compress(sum);
      }
    }
    return features;
  }

  /** clip((log(max(floor, x)) + shift) / scale). */
  private double compress(double x) {
    double floored = Math.max(analysis.floor(), x);
    double log =
        analysis.logScale() == LogScale.NATURAL
            ? StrictMath.log(floored)
            : 20 * StrictMath.log10(floored);
    double normalised = (log + analysis.shift()) / analysis.scale();
    return Math.max(analysis.minimum(), Math.min(analysis.maximum(), normalised));
  }

  /** |sum over n of w[n] x[n] e^(-2 pi i k n / N)| for k = 0..N/2; only the window is not zero. */
  private double[] magnitudes(float[] waveform, int start) {
    int size = analysis.fftSize();
    double[] magnitude = new double[size / 2 + 1];
    double[] x = new double[window.length];
    for (int n = 0; n < x.length; n++) {
      x[n] = window[n] * analysis.fullScale() * sample(waveform, start + n);
    }
    for (int k = 0; k < magnitude.length; k++) {
      double real = 0;
      double imaginary = 0;
      int angle = 0;
      for (double value : x) {
        real += value * cosine[angle];
        imaginary -= value * sine[angle];
        angle = (angle + k) % size;
      }
      magnitude[k] = StrictMath.hypot(real, imaginary);
    }
    return magnitude;
  }

  /** Beyond the ends the waveform is mirrored, or silent. */
  private double sample(float[] waveform, int at) {
    if (analysis.framing() == Framing.CENTRED) {
      return emphasised(waveform, reflect(at, waveform.length));
    }
    return at < 0 || at >= waveform.length ? 0 : emphasised(waveform, at);
  }

  private double emphasised(float[] waveform, int at) {
    return at == 0 ? waveform[0] : waveform[at] - analysis.preEmphasis() * waveform[at - 1];
  }

  /** The index that stands for i where a signal is mirrored at its first and last sample. */
  static int reflect(int i, int length) {
    if (length == 1) {
      return 0;
    }
    int period = 2 * (length - 1);
    int position = Math.floorMod(i, period);
    return position < length ? position : period - position;
  }

  /** Triangles in mel of unit height. */
  private static double[][] peaks(MelAnalysis analysis, int mels, int sampleRate) {
    double lowest = toMel(analysis.minimumFrequency(), analysis.melScale());
    double highest = toMel(analysis.maximumFrequency(), analysis.melScale());
    double spacing = (highest - lowest) / (mels + 1);
    double[][] filters = new double[mels][analysis.fftSize() / 2 + 1];
    for (int k = 0; k <= analysis.fftSize() / 2; k++) {
      double mel = toMel((double) k * sampleRate / analysis.fftSize(), analysis.melScale());
      double position = (mel - lowest) / spacing - 1;
      for (int m = 0; m < mels; m++) {
        filters[m][k] = Math.max(0, 1 - Math.abs(position - m));
      }
    }
    return filters;
  }

  /** Triangles over the bins of the transform, of unit area in Hz. */
  private static double[][] filters(MelAnalysis analysis, int mels, int sampleRate) {
    double lowest = toMel(analysis.minimumFrequency(), analysis.melScale());
    double highest = toMel(analysis.maximumFrequency(), analysis.melScale());
    double[] edges = new double[mels + 2];
    for (int i = 0; i < edges.length; i++) {
      edges[i] = toHertz(lowest + (highest - lowest) * i / (mels + 1), analysis.melScale());
    }
    double[][] filters = new double[mels][analysis.fftSize() / 2 + 1];
    for (int m = 0; m < mels; m++) {
      double left = edges[m];
      double centre = edges[m + 1];
      double right = edges[m + 2];
      for (int k = 0; k < filters[m].length; k++) {
        double frequency = (double) k * sampleRate / analysis.fftSize();
        double rising = (frequency - left) / (centre - left);
        double falling = (right - frequency) / (right - centre);
        filters[m][k] = Math.max(0, Math.min(rising, falling)) * 2 / (right - left);
      }
    }
    return filters;
  }

  /** HTK: 2595 log10(1 + f / 700). Slaney: 3 f / 200 up to 1 kHz, then 27 steps per factor 6.4. */
  static double toMel(double hertz, MelScale scale) {
    if (scale == MelScale.HTK) {
      return 2595 * StrictMath.log10(1 + hertz / 700);
    }
    return hertz < 1000
        ? 3 * hertz / 200
        : 15 + 27 * StrictMath.log(hertz / 1000) / StrictMath.log(6.4);
  }

  /** The inverse of {@link #toMel}. */
  static double toHertz(double mel, MelScale scale) {
    if (scale == MelScale.HTK) {
      return 700 * (StrictMath.pow(10, mel / 2595) - 1);
    }
    return mel < 15 ? 200 * mel / 3 : 1000 * StrictMath.pow(6.4, (mel - 15) / 27);
  }
}
