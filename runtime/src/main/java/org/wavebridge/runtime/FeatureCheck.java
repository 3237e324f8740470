package org.wavebridge.runtime;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.io.Features;

/**
 * Whether the features of an utterance can be of the scale that they are taken for. Only what is
 * next to certain counts as another scale: loud, quiet and noisy speech, noise, and silence pass.
 *
 * @param minimum smallest value
 * @param maximum largest value
 * @param mean of all values
 * @param atMinimum share of values that are the smallest one
 * @param lowest the lowest value that the scale has, or negative infinity where it is not known
 * @param highest the highest value that a recording in [-1, 1] can have, or positive infinity
 * @param otherScale whether the features are of another scale
 * @param looksLike the scales that they can be of, likeliest first; empty where they fit, or fit
 *     nothing known
 * @param message one line that says so; empty where they fit
 */
public record FeatureCheck(
    double minimum,
    double maximum,
    double mean,
    double atMinimum,
    double lowest,
    double highest,
    boolean otherScale,
    List<FeatureScale> looksLike,
    String message) {
  /** Copies the list. */
  public FeatureCheck {
    looksLike = List.copyOf(looksLike);
  }

  /**
   * Compares features with what a bundle takes. Where the bundle does not know its analysis
   * everything fits.
   */
  public static FeatureCheck of(Features features, BundleManifest manifest) {
    Optional<FeatureRange> range = FeatureRange.of(manifest);
    return range.isPresent()
        ? range.get().check(features)
        : fitting(
            FeatureStatistics.of(features), Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  static FeatureCheck fitting(FeatureStatistics found, double lowest, double highest) {
    return new FeatureCheck(
        found.minimum(),
        found.maximum(),
        found.mean(),
        found.atMinimum(),
        lowest,
        highest,
        false,
        List.of(),
        "");
  }

  /**
   * Features of another scale.
   *
   * @param expected what they are taken for, such as {@code this bundle's are decibels}
   */
  static FeatureCheck other(
      FeatureStatistics found,
      double lowest,
      double highest,
      List<FeatureScale> looksLike,
      String expected) {
    String like =
        looksLike.isEmpty()
            ? "are of an unknown scale"
            : "look like "
                + String.join(
                    " or ",
                    looksLike.stream().map(s -> "%s (%s)".formatted(s.description(), s)).toList());
    String message =
        String.format(
            Locale.ROOT,
            "features from %.2f to %.2f (mean %.2f, %.1f %% at the lowest) %s; %s from %.2f to %.2f",
            found.minimum(),
            found.maximum(),
            found.mean(),
            100 * found.atMinimum(),
            like,
            expected,
            lowest,
            highest);
    return new FeatureCheck(
        found.minimum(),
        found.maximum(),
        found.mean(),
        found.atMinimum(),
        lowest,
        highest,
        true,
        looksLike,
        message);
  }
}
