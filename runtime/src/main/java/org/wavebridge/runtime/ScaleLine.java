package org.wavebridge.runtime;

import org.wavebridge.graphs.model.MelAnalysis;

/**
 * How a feature depends on the decibels of its mel magnitude: {@code clip(slope dB + offset,
 * minimum, maximum)}.
 *
 * @param slope per decibel, above 0
 * @param offset value at 0 dB, a magnitude of 1
 * @param minimum lower clip, or negative infinity
 * @param maximum upper clip, or positive infinity
 */
record ScaleLine(double slope, double offset, double minimum, double maximum) {
  private static final double NEPERS = StrictMath.log(10) / 20;

  static final ScaleLine NATURAL =
      new ScaleLine(NEPERS, 0, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

  /** Of an analysis, whose magnitudes are those of its own full scale and filters. */
  static ScaleLine of(MelAnalysis analysis) {
    double unit =
        switch (analysis.logScale()) {
          case NATURAL -> NEPERS;
          case DECIBEL -> 1;
        };
    return new ScaleLine(
        unit / analysis.scale(),
        analysis.shift() / analysis.scale(),
        analysis.minimum(),
        analysis.maximum());
  }

  /** The feature of a magnitude. */
  double value(double decibels) {
    return Math.max(minimum, Math.min(maximum, slope * decibels + offset));
  }

  /** The magnitude of a feature, in decibels. */
  double decibels(double value) {
    return (value - offset) / slope;
  }

  /** Whether both say the same about every magnitude, beside what they clip. */
  boolean isAlong(ScaleLine other) {
    return Math.abs(slope - other.slope) < 1e-9 * slope
        && Math.abs(offset - other.offset) < 1e-9 * (1 + Math.abs(offset));
  }
}
