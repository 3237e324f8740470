package org.wavebridge.reference;

import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelAnalysis.Framing;
import org.wavebridge.graphs.model.MelAnalysis.LogScale;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * Waveform to features in the binary32 operations of {@code docs/numerics.md}, section "Features",
 * one number at a time. Filters are given; the window and the twiddles are computed here.
 */
public final class CanonicalMel {
  private final MelAnalysis analysis;
  private final int hop;
  private final WeightMatrix filters;
  private final float[] window;
  private final float[] cosine;
  private final float[] sine;

  /**
   * An analysis.
   *
   * @param filters {@code [mels, fftSize / 2 + 1]}
   * @param hop samples per frame
   */
  public CanonicalMel(MelAnalysis analysis, WeightMatrix filters, int hop) {
    this.analysis = analysis;
    this.hop = hop;
    this.filters = filters;
    int points = analysis.fftSize();
    int length = analysis.windowLength();
    window = new float[points];
    for (int n = 0; n < length; n++) {
      double angle = 2 * Math.PI * n / length;
      window[(points - length) / 2 + n] = (float) (0.5 - 0.5 * StrictMath.cos(angle));
    }
    cosine = new float[points];
    sine = new float[points];
    for (int n = 0; n < points; n++) {
      double angle = 2 * Math.PI * n / points;
      cosine[n] = (float) StrictMath.cos(angle);
      sine[n] = (float) StrictMath.sin(angle);
    }
  }

  /**
   * The features of a waveform.
   *
   * @param waveform with samples enough for a frame
   * @return {@code [mels, frames]}, row-major
   */
  public float[] features(float[] waveform) {
    int points = analysis.fftSize();
    float[] padded = padded(waveform);
    int frames = (padded.length - points) / hop + 1;
    float[] features = new float[filters.rows() * frames];
    for (int f = 0; f < frames; f++) {
      float[] x = new float[points];
      for (int n = 0; n < points; n++) {
        x[n] = window[n] * padded[f * hop + n];
      }
      double[] none = new double[filters.rows()];
      double[] mel = Arithmetic.CANONICAL_F32.affine(filters, magnitudes(x), none);
      for (int m = 0; m < mel.length; m++) {
        features[m * frames + f] = compress((float) mel[m]);
      }
    }
    return features;
  }

  private float[] padded(float[] waveform) {
    int points = analysis.fftSize();
    int length = analysis.windowLength();
    boolean centred = analysis.framing() == Framing.CENTRED;
    int before = centred ? points / 2 : length - hop + (points - length) / 2;
    int after = centred ? points / 2 : points - length - (points - length) / 2;
    float[] padded = new float[before + waveform.length + after];
    for (int i = 0; i < padded.length; i++) {
      int at = i - before;
      if (centred) {
        at = MelReference.reflect(at, waveform.length);
      }
      float sample = at < 0 || at >= waveform.length ? 0 : emphasised(waveform, at);
      padded[i] = analysis.fullScale() == 1 ? sample : sample * (float) analysis.fullScale();
    }
    return padded;
  }

  private float emphasised(float[] waveform, int at) {
    float share = (float) analysis.preEmphasis();
    return at == 0 || share == 0 ? waveform[at] : waveform[at] - share * waveform[at - 1];
  }

  private double[] magnitudes(float[] x) {
    Spectrum spectrum = spectrum(x);
    double[] magnitudes = new double[x.length / 2 + 1];
    for (int k = 0; k < magnitudes.length; k++) {
      float real = spectrum.real[k];
      float imaginary = spectrum.imaginary[k];
      // A binary64 root of a binary32 number, rounded to binary32, is the binary32 root.
      float magnitude = (float) Math.sqrt(real * real + imaginary * imaginary);
      magnitudes[k] = magnitude < Float.MAX_VALUE ? magnitude : Float.MAX_VALUE;
    }
    return magnitudes;
  }

  /** Bins 0 to the middle. */
  private record Spectrum(float[] real, float[] imaginary) {
    static Spectrum of(int points) {
      return new Spectrum(new float[points / 2 + 1], new float[points / 2 + 1]);
    }
  }

  private Spectrum spectrum(float[] x) {
    return x.length % 2 == 1 ? odd(x) : halves(x);
  }

  private Spectrum halves(float[] x) {
    int half = x.length / 2;
    float[] evenSamples = new float[half];
    float[] oddSamples = new float[half];
    for (int n = 0; n < half; n++) {
      evenSamples[n] = x[2 * n];
      oddSamples[n] = x[2 * n + 1];
    }
    Spectrum even = spectrum(evenSamples);
    Spectrum odd = spectrum(oddSamples);
    Spectrum made = Spectrum.of(x.length);
    made.real[0] = even.real[0] + odd.real[0];
    made.real[half] = even.real[0] - odd.real[0];
    int stride = cosine.length / x.length;
    for (int k = 1; 2 * k < half; k++) {
      float c = cosine[k * stride];
      float s = sine[k * stride];
      float real = c * odd.real[k] + s * odd.imaginary[k];
      float imaginary = c * odd.imaginary[k] - s * odd.real[k];
      made.real[k] = even.real[k] + real;
      made.imaginary[k] = even.imaginary[k] + imaginary;
      made.real[half - k] = even.real[k] - real;
      made.imaginary[half - k] = imaginary - even.imaginary[k];
    }
    if (half % 2 == 0) {
      made.real[half / 2] = even.real[half / 2];
      made.imaginary[half / 2] = 0 - odd.real[half / 2];
    }
    return made;
  }

  private Spectrum odd(float[] x) {
    int points = x.length;
    int stride = cosine.length / points;
    Spectrum made = Spectrum.of(points);
    made.real[0] = x[0];
    for (int n = 1; n <= points / 2; n++) {
      made.real[0] += x[n] + x[points - n];
    }
    for (int k = 1; k <= points / 2; k++) {
      float real = x[0];
      float imaginary = 0;
      for (int n = 1; n <= points / 2; n++) {
        int angle = (int) ((long) n * k % points) * stride;
        real += cosine[angle] * (x[n] + x[points - n]);
        imaginary += sine[angle] * (x[points - n] - x[n]);
      }
      made.real[k] = real;
      made.imaginary[k] = imaginary;
    }
    return made;
  }

  private float compress(float mel) {
    double unit = analysis.logScale() == LogScale.NATURAL ? 1 : 20 / StrictMath.log(10);
    float floor = Math.max((float) analysis.floor(), Float.MIN_NORMAL);
    float log = CanonicalFunctions.log(mel > floor ? mel : floor);
    float scaled = log * (float) (unit / analysis.scale());
    float feature = scaled + (float) (analysis.shift() / analysis.scale());
    float minimum = (float) analysis.minimum();
    float maximum = (float) analysis.maximum();
    float limited = feature > minimum ? feature : minimum;
    return limited < maximum ? limited : maximum;
  }
}
