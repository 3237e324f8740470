package org.wavebridge.conformance.measure;

/** A measured quantity that has a tolerance. */
public enum Quantity {
  /** Values of an exact profile whose bits are not the canonical reference's. */
  OTHER_BITS("values with other bits"),
  /** Mel features, absolute. */
  FEATURES("features"),
  /** Conditioning, relative where above one. */
  CONDITIONING("conditioning"),
  /** One product y = W x + b, as a multiple of its rounding bound. */
  PRODUCT("product"),
  /** Logits under teacher forcing, relative where above one. */
  LOGITS("logits"),
  /** The median over steps of the largest relative error of a step's logits. */
  TYPICAL_LOGITS("typical logits"),
  /** Recurrent state under teacher forcing, absolute; it lies in [-1, 1]. */
  STATE("state"),
  /** Mean error of the last quarter of a teacher-forced run over that of the first. */
  GROWTH("growth"),
  /** Draws that are neither the reference's nor a proven near tie. */
  UNEXPLAINED_DRAWS("unexplained draws"),
  /** Mean negative log-likelihood of given audio, in bits per sample. */
  BITS("bits per sample"),
  /** Distance of long-term spectra, in dB. */
  SPECTRUM("log-spectral distance"),
  /** Goodness of fit of draws, in standard deviations. */
  FIT("goodness of fit");

  private final String label;

  Quantity(String label) {
    this.label = label;
  }

  /** The words in reports. */
  public String label() {
    return label;
  }
}
