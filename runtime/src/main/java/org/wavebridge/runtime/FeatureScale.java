package org.wavebridge.runtime;

import java.util.Locale;

/**
 * Scales that projects write features in. Each is the logarithm of the same number: mel, the output
 * of a triangular filter of unit area over the magnitudes (not powers) of the spectrum, of samples
 * in [-1, 1]. With {@code dB = 20 log10(max(1e-5, mel))}:
 *
 * <ul>
 *   <li>{@link #DB01}: {@code clip((dB + 100) / 100, 0, 1)}; fatchord, mkotha, torchaudio
 *   <li>{@link #DB}: {@code dB}
 *   <li>{@link #LN}: {@code ln(mel)}; Tacotron 2, HiFi-GAN, ForwardTacotron
 *   <li>{@link #LOG10}: {@code log10(mel)}; ParallelWaveGAN
 *   <li>{@link #SYM4}: {@code clip(8 (dB - 20 + 100) / 100 - 4, -4, 4)}; CorentinJ, coqui, the
 *       Tacotron of Rayhane Mama
 * </ul>
 */
public enum FeatureScale {
  /** Decibels from -100 to 0 as 0 to 1. */
  DB01(new ScaleLine(0.01, 1, 0, 1), "decibels as 0..1"),
  /** Decibels of an amplitude. */
  DB(new ScaleLine(1, 0, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY), "decibels"),
  /** Natural logarithm. */
  LN(ScaleLine.NATURAL, "natural logarithms"),
  /** Decimal logarithm. */
  LOG10(
      new ScaleLine(0.05, 0, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
      "decimal logarithms"),
  /** Decibels from -80 to 20 as -4 to 4. */
  SYM4(new ScaleLine(0.08, 2.4, -4, 4), "decibels as -4..4");

  private final ScaleLine line;
  private final String description;

  FeatureScale(ScaleLine line, String description) {
    this.line = line;
    this.description = description;
  }

  ScaleLine line() {
    return line;
  }

  /** The meaning of its values, such as {@code decibels as 0..1}. */
  public String description() {
    return description;
  }

  /** The name in lower case, such as {@code db01}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
