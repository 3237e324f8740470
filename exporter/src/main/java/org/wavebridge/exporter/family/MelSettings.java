package org.wavebridge.exporter.family;

import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelScale;

/** The settings of audio and mel analysis that families share, and what makes sense of them. */
final class MelSettings {
  private static final int MAXIMUM_RATE = 1_000_000;
  private static final int MAXIMUM_TRANSFORM = 1 << 16;

  private MelSettings() {}

  /** Samples per second. */
  static int sampleRate(Settings settings, int byDefault) {
    return settings.integer("sample_rate", byDefault, 1, MAXIMUM_RATE);
  }

  /** Points of the Fourier transform: an even number. */
  static int transform(Settings settings, int byDefault) {
    int size = settings.integer("n_fft", byDefault, 2, MAXIMUM_TRANSFORM);
    if (size % 2 != 0) {
      throw settings.wrong("n_fft", "an even number", size);
    }
    return size;
  }

  /** Samples of the window. */
  static int window(Settings settings, int byDefault) {
    return settings.integer("win_length", byDefault, 1, MAXIMUM_TRANSFORM);
  }

  /** A frequency in Hz. */
  static double frequency(Settings settings, String name, double byDefault) {
    return settings.number(name, byDefault, "a frequency from 0", value -> value >= 0);
  }

  /**
   * The analysis, if its settings fit each other.
   *
   * @throws CheckpointException naming two settings that do not
   */
  static MelAnalysis checked(Settings settings, MelAnalysis analysis, int sampleRate) {
    if (analysis.windowLength() > analysis.fftSize()) {
      throw settings.wrong(
          "win_length", "at most n_fft = " + analysis.fftSize(), analysis.windowLength());
    }
    if (analysis.maximumFrequency() > sampleRate / 2.0) {
      throw settings.wrong(
          "fmax", "at most sample_rate / 2 = " + sampleRate / 2.0, analysis.maximumFrequency());
    }
    if (analysis.minimumFrequency() >= analysis.maximumFrequency()) {
      throw settings.wrong(
          "fmin",
          "less than the highest frequency, " + analysis.maximumFrequency(),
          analysis.minimumFrequency());
    }
    return analysis;
  }

  /**
   * fatchord's analysis: clip((20 log10(max(1e-5, mel)) + range) / range, 0, 1).
   *
   * @param minimum name of the setting for -range
   */
  static MelAnalysis decibels(Settings settings, String minimum, int sampleRate) {
    double range = -settings.number(minimum, -100, "a number below 0", level -> level < 0);
    MelAnalysis analysis =
        new MelAnalysis(
            transform(settings, 2048),
            window(settings, 1100),
            frequency(settings, "fmin", 40),
            sampleRate / 2.0,
            MelScale.SLANEY,
            MelAnalysis.LogScale.DECIBEL,
            1e-5,
            range,
            range,
            0,
            1);
    return checked(settings, analysis, sampleRate);
  }
}
