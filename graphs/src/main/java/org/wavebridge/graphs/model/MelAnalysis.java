package org.wavebridge.graphs.model;

/**
 * How features are computed from a waveform: centred frames with reflect padding, Hann window
 * (periodic), magnitude spectrum, triangular filters of unit area in Hz (height 2 / width),
 * logarithm, affine normalisation and clipping.
 *
 * <p>{@code feature = clip((log(max(floor, filters |STFT|)) + shift) / scale, minimum, maximum)}
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
    double maximum) {

  /** The logarithm that compresses mel magnitudes. */
  public enum LogScale {
    /** Natural logarithm. */
    NATURAL,
    /** Decibels of an amplitude: 20 log10. */
    DECIBEL
  }
}
