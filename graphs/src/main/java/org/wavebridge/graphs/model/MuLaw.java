package org.wavebridge.graphs.model;

/** Mu-law companding. Source: ITU-T G.711, in its continuous form. */
public final class MuLaw {
  private MuLaw() {}

  /**
   * The amplitude of a companded value: {@code sign(v) / mu ((1 + mu)^|v| - 1)}.
   *
   * @param value in [-1, 1]
   * @param mu levels - 1
   */
  public static double expand(double value, double mu) {
    return Math.signum(value) / mu * (StrictMath.pow(1 + mu, Math.abs(value)) - 1);
  }
}
