package org.wavebridge.graphs.model;

/**
 * How features are computed from a waveform: frames, Hann window (periodic), magnitude spectrum,
 * triangular filters, logarithm, affine normalisation and clipping.
 *
 * <p>{@code feature = clip((log(max(floor, filters |STFT(fullScale x)|)) + shift) / scale, minimum,
 * maximum)}
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
    double fullScale) {
  /** An analysis with the usual frames, filters and scale. */
  public MelAnalysis(
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
      double maximum) {
    this(
        fftSize,
        windowLength,
        minimumFrequency,
        maximumFrequency,
        melScale,
        logScale,
        floor,
        shift,
        scale,
        minimum,
        maximum,
        Framing.CENTRED,
        FilterShape.UNIT_AREA,
        1);
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
