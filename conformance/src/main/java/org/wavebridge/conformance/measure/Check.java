package org.wavebridge.conformance.measure;

import java.util.Locale;

/**
 * One comparison.
 *
 * @param name what was compared
 * @param measure what was measured
 * @param value the largest found; NaN counts as a failure
 * @param allowed the largest that passes
 */
public record Check(String name, String measure, double value, double allowed) {
  /** Whether the value passes. */
  public boolean passed() {
    return value <= allowed;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s: %s %.2e (allowed %.0e)", name, measure, value, allowed);
  }
}
