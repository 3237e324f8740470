package org.wavebridge.graphs.model;

import java.util.function.Consumer;

/**
 * How features are computed from a waveform: pre-emphasis, frames, Hann window (periodic),
 * magnitude spectrum, triangular filters, logarithm, affine normalisation and clipping.
 *
 * <p>{@code feature = clip((log(max(floor, filters |STFT(fullScale x)|)) + shift) / scale, minimum,
 * maximum)}, where {@code x} is the waveform w with pre-emphasis, {@code x[t] = w[t] - preEmphasis
 * w[t - 1]}, {@code x[0] = w[0]}
 *
 * @param fftSize points of the Fourier transform
 * @param windowLength samples of the Hann window, centred in the transform
 * @param minimumFrequency lowest filter edge in Hz
 * @param maximumFrequency highest filter edge in Hz
 * @param melScale spacing of the filters
 * @param logScale natural logarithm or 20 log10
 * @param floor smallest mel magnitude before the logarithm
 * @param shift added to the logarithm
 * @param scale then divides
 * @param minimum lower clip, or negative infinity
 * @param maximum upper clip, or positive infinity
 * @param framing which samples belong to a frame
 * @param filterShape form of the triangles
 * @param fullScale what an amplitude of 1 counts as
 * @param preEmphasis share of a sample that is taken off the next one before all else; 0 for none
 */
public record MelAnalysis(
    int fftSize,
    int windowLength,
    double minimumFrequency,
    double maximumFrequency,
    MelScale melScale,
    LogScale logScale,
    double floor,
    double shift,
    double scale,
    double minimum,
    double maximum,
    Framing framing,
    FilterShape filterShape,
    double fullScale,
    double preEmphasis) {
  /**
   * An analysis from 0 Hz with the usual frames, filters and scale: centred frames, filters of unit
   * area, a floor of 1e-5, no normalisation and no clipping.
   *
   * @param highest filter edge in Hz
   */
  public static MelAnalysis of(
      int fftSize, int windowLength, double highest, MelScale melScale, LogScale logScale) {
    return new MelAnalysis(
        fftSize,
        windowLength,
        0,
        highest,
        melScale,
        logScale,
        1e-5,
        0,
        1,
        Double.NEGATIVE_INFINITY,
        Double.POSITIVE_INFINITY,
        Framing.CENTRED,
        FilterShape.UNIT_AREA,
        1,
        0);
  }

  /** The same from another lowest filter edge in Hz. */
  public MelAnalysis withLowest(double lowest) {
    return with(parts -> parts.minimumFrequency = lowest);
  }

  /** The same with another smallest magnitude before the logarithm. */
  public MelAnalysis withFloor(double other) {
    return with(parts -> parts.floor = other);
  }

  /** The same, shifted and then divided. */
  public MelAnalysis normalised(double added, double divisor) {
    return with(
        parts -> {
          parts.shift = added;
          parts.scale = divisor;
        });
  }

  /** The same, clipped at both ends. */
  public MelAnalysis clipped(double lowest, double highest) {
    return with(
        parts -> {
          parts.minimum = lowest;
          parts.maximum = highest;
        });
  }

  /** The same with other frames. */
  public MelAnalysis framed(Framing other) {
    return with(parts -> parts.framing = other);
  }

  /** The same with other filters. */
  public MelAnalysis shaped(FilterShape other) {
    return with(parts -> parts.filterShape = other);
  }

  /** The same for amplitudes of 1 that count as another value. */
  public MelAnalysis withFullScale(double other) {
    return with(parts -> parts.fullScale = other);
  }

  /** The same of a waveform with pre-emphasis. */
  public MelAnalysis withPreEmphasis(double share) {
    return with(parts -> parts.preEmphasis = share);
  }

  private MelAnalysis with(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return new MelAnalysis(
        fftSize,
        windowLength,
        parts.minimumFrequency,
        maximumFrequency,
        melScale,
        logScale,
        parts.floor,
        parts.shift,
        parts.scale,
        parts.minimum,
        parts.maximum,
        parts.framing,
        parts.filterShape,
        parts.fullScale,
        parts.preEmphasis);
  }

  /** The components that may be changed. */
  private static final class Parts {
    private double minimumFrequency;
    private double floor;
    private double shift;
    private double scale;
    private double minimum;
    private double maximum;
    private Framing framing;
    private FilterShape filterShape;
    private double fullScale;
    private double preEmphasis;

    private Parts(MelAnalysis of) {
      minimumFrequency = of.minimumFrequency;
      floor = of.floor;
      shift = of.shift;
      scale = of.scale;
      minimum = of.minimum;
      maximum = of.maximum;
      framing = of.framing;
      filterShape = of.filterShape;
      fullScale = of.fullScale;
      preEmphasis = of.preEmphasis;
    }
  }

  /** Which samples belong to a frame. */
  public enum Framing {
    /** Frame f is centred on sample f hop; both ends of the waveform are reflected. */
    CENTRED,
    /** Frame f ends with sample (f + 1) hop - 1; before the waveform there is silence. */
    CAUSAL
  }

  /** The form of the triangular filters. */
  public enum FilterShape {
    /** Straight in Hz, of unit area: height 2 / width. */
    UNIT_AREA,
    /** Straight in mel, of unit height. */
    UNIT_PEAK_IN_MEL
  }

  /** The logarithm that compresses mel magnitudes. */
  public enum LogScale {
    /** Natural logarithm. */
    NATURAL,
    /** Decibels of an amplitude: 20 log10. */
    DECIBEL
  }
}
