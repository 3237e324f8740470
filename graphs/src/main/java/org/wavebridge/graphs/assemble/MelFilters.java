package org.wavebridge.graphs.assemble;

import java.util.Optional;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelScale;
import org.wavebridge.graphs.model.WeightMatrix;

/** Triangular mel filters. */
public final class MelFilters {
  private static final double SLANEY_LINEAR = 200.0 / 3;
  private static final double SLANEY_BREAK = 1000;
  private static final double SLANEY_STEP = StrictMath.log(6.4) / 27;

  private static final BlockShape BLOCK = new BlockShape(1, 8);

  private MelFilters() {}

  /**
   * The most that a mel magnitude can be for samples in [-1, 1]. By Parseval's theorem the squares
   * of the bins up to the middle add up to at most half the transform's points times the window's
   * squares; by Cauchy's and Schwarz's inequality no filter makes more of them than its length
   * times theirs.
   */
  public static double largestMagnitude(MelAnalysis analysis, int sampleRate, int mels) {
    float[] filters = matrix(analysis, sampleRate, mels);
    double[] squares = new double[mels];
    for (int i = 0; i < filters.length; i++) {
      squares[i % mels] += (double) filters[i] * filters[i];
    }
    double longest = 0;
    for (double square : squares) {
      longest = Math.max(longest, square);
    }
    double window = 3 / 8.0 * analysis.windowLength();
    double amplitude = analysis.fullScale() * (1 + Math.abs(analysis.preEmphasis()));
    return amplitude * Math.sqrt(longest * analysis.fftSize() / 2.0 * window);
  }

  /**
   * The filters as {@code [mels, fftSize / 2 + 1]}, one filter a row. A filter is narrow, so a row
   * is stored in blocks of a few bins.
   */
  public static WeightMatrix weight(MelAnalysis analysis, int sampleRate, int mels) {
    float[] byBin = matrix(analysis, sampleRate, mels);
    int bins = analysis.fftSize() / 2 + 1;
    float[] byFilter = new float[byBin.length];
    for (int i = 0; i < byBin.length; i++) {
      byFilter[i % mels * bins + i / mels] = byBin[i];
    }
    return new WeightMatrix("mel_filters", mels, bins, byFilter, Optional.of(BLOCK));
  }

  /** The filters as {@code [fftSize / 2 + 1, mels]}, row-major. */
  static float[] matrix(MelAnalysis analysis, int sampleRate, int mels) {
    return switch (analysis.filterShape()) {
      case UNIT_AREA -> unitArea(analysis, sampleRate, mels);
      case UNIT_PEAK_IN_MEL -> unitPeak(analysis, sampleRate, mels);
    };
  }

  private static float[] unitPeak(MelAnalysis analysis, int sampleRate, int mels) {
    int bins = analysis.fftSize() / 2 + 1;
    double low = toMel(analysis.melScale(), analysis.minimumFrequency());
    double high = toMel(analysis.melScale(), analysis.maximumFrequency());
    float[] matrix = new float[bins * mels];
    for (int bin = 0; bin < bins; bin++) {
      double frequency = (double) bin * sampleRate / analysis.fftSize();
      double position =
          (toMel(analysis.melScale(), frequency) - low) / (high - low) * (mels + 1) - 1;
      for (int mel = 0; mel < mels; mel++) {
        matrix[bin * mels + mel] = (float) Math.max(0, 1 - Math.abs(position - mel));
      }
    }
    return matrix;
  }

  private static float[] unitArea(MelAnalysis analysis, int sampleRate, int mels) {
    int bins = analysis.fftSize() / 2 + 1;
    double low = toMel(analysis.melScale(), analysis.minimumFrequency());
    double high = toMel(analysis.melScale(), analysis.maximumFrequency());
    double[] edges = new double[mels + 2];
    for (int i = 0; i < edges.length; i++) {
      edges[i] = toHertz(analysis.melScale(), low + (high - low) * i / (mels + 1));
    }
    float[] matrix = new float[bins * mels];
    for (int bin = 0; bin < bins; bin++) {
      double frequency = (double) bin * sampleRate / analysis.fftSize();
      for (int mel = 0; mel < mels; mel++) {
        double rise = (frequency - edges[mel]) / (edges[mel + 1] - edges[mel]);
        double fall = (edges[mel + 2] - frequency) / (edges[mel + 2] - edges[mel + 1]);
        double height = 2 / (edges[mel + 2] - edges[mel]);
        matrix[bin * mels + mel] = (float) (Math.max(0, Math.min(rise, fall)) * height);
      }
    }
    return matrix;
  }

  /** A frequency in Hz on a mel scale. */
  public static double toMel(MelScale scale, double hertz) {
    return switch (scale) {
      case HTK -> 2595 * StrictMath.log10(1 + hertz / 700);
      case SLANEY ->
          hertz < SLANEY_BREAK
              ? hertz / SLANEY_LINEAR
              : SLANEY_BREAK / SLANEY_LINEAR + StrictMath.log(hertz / SLANEY_BREAK) / SLANEY_STEP;
    };
  }

  /** The frequency in Hz of a place on a mel scale. */
  public static double toHertz(MelScale scale, double mel) {
    double breakMel = SLANEY_BREAK / SLANEY_LINEAR;
    return switch (scale) {
      case HTK -> 700 * (StrictMath.pow(10, mel / 2595) - 1);
      case SLANEY ->
          mel < breakMel
              ? mel * SLANEY_LINEAR
              : SLANEY_BREAK * StrictMath.exp(SLANEY_STEP * (mel - breakMel));
    };
  }
}
