package org.wavebridge.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.assemble.MelFilters;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.runtime.io.Features;

/**
 * The values that features of one scale can have, and what gives features of another scale away.
 * The page {@code docs/features.md} says why each of the signs is one.
 */
final class FeatureRange {
  /** Mel magnitudes below 1e-5 are raised to it by every known scale. */
  private static final double FLOOR = -100;

  /** Share of values that may be beyond the bounds, widened by so much of their distance. */
  private static final double STRAYS = 0.005;

  private static final double MARGIN = 0.1;
  private static final double NARROW_MARGIN = 0.02;

  /** No recording is as loud as this in every band of every frame; in dB. */
  private static final double NOWHERE_QUIET = -12;

  /** Values at the smallest one that count as a floor, and how exactly another scale's is met. */
  private static final double AT_FLOOR = 0.005;

  private static final double EXACT = 1e-3;

  /**
   * The usual change of recorded sound from frame to frame where windows overlap as usual; in dB.
   */
  private static final double USUAL_CHANGE = 3;

  private static final double LITTLE_CHANGE = 1.9;
  private static final double LEAST_HOP = 0.2;

  /** Larger filters are not looked at: no analysis of speech has them. */
  private static final long MAXIMUM_FILTERS = 1 << 23;

  private final ScaleLine own;
  private final String expected;
  private final double floor;
  private final double loudest;
  private final boolean comparable;
  private final boolean usualOverlap;

  private FeatureRange(
      ScaleLine own,
      String expected,
      double floor,
      double loudest,
      boolean comparable,
      boolean usualOverlap) {
    this.own = own;
    this.expected = expected;
    this.floor = floor;
    this.loudest = loudest;
    this.comparable = comparable;
    this.usualOverlap = usualOverlap;
  }

  /** The range of a bundle's features; empty where it does not know its analysis. */
  static Optional<FeatureRange> of(BundleManifest manifest) {
    return manifest
        .features()
        .analysis()
        .filter(
            analysis -> (long) analysis.fftSize() * manifest.features().mels() <= MAXIMUM_FILTERS)
        .map(analysis -> of(manifest, analysis));
  }

  private static FeatureRange of(BundleManifest manifest, MelAnalysis analysis) {
    ScaleLine own = ScaleLine.of(analysis);
    int mels = manifest.features().mels();
    double most = MelFilters.largestMagnitude(analysis, manifest.audio().sampleRate(), mels);
    boolean comparable =
        analysis.filterShape() == MelAnalysis.FilterShape.UNIT_AREA
            && analysis.fullScale() == 1
            && analysis.preEmphasis() == 0;
    String name = "values";
    for (FeatureScale scale : FeatureScale.values()) {
      name = comparable && own.isAlong(scale.line()) ? scale.description() : name;
    }
    return new FeatureRange(
        own,
        "this bundle's are " + name,
        20 * StrictMath.log10(analysis.floor()),
        20 * StrictMath.log10(Math.max(most, 2 * analysis.floor())),
        comparable,
        manifest.features().hop() >= LEAST_HOP * analysis.windowLength());
  }

  /** The range of a scale, for sound of the same analysis. */
  FeatureRange in(FeatureScale scale) {
    return new FeatureRange(
        scale.line(), "those of scale " + scale + " are", FLOOR, loudest, comparable, usualOverlap);
  }

  /** Whether the known scales mean the same magnitudes as this range. */
  boolean isComparable() {
    return comparable;
  }

  double lowest() {
    return own.value(floor);
  }

  double highest() {
    return own.value(loudest);
  }

  /** Features of a scale as features of this range. */
  Features converted(Features features, FeatureScale scale) {
    float[] values = features.values().clone();
    for (int i = 0; i < values.length; i++) {
      double decibels = Math.max(floor, scale.line().decibels(values[i]));
      values[i] = (float) own.value(decibels);
    }
    return new Features(features.mels(), features.frames(), values);
  }

  FeatureCheck check(Features features) {
    FeatureStatistics found = FeatureStatistics.of(features);
    return isOther(features, found)
        ? FeatureCheck.other(found, lowest(), highest(), guess(features, found), expected)
        : FeatureCheck.fitting(found, lowest(), highest());
  }

  private boolean isOther(Features features, FeatureStatistics found) {
    if (isBeyond(features, MARGIN)) {
      return true;
    }
    if (!comparable || found.maximum() == found.minimum()) {
      return false;
    }
    return own.decibels(found.minimum()) > NOWHERE_QUIET
        || hasForeignFloor(found)
        || looksLikeDecimalLogarithms(found);
  }

  private boolean isBeyond(Features features, double margin) {
    double slack = margin * (highest() - lowest());
    return FeatureStatistics.beyond(features, lowest() - slack, highest() + slack) > STRAYS;
  }

  /** Many values are the smallest one, and that is the floor of another scale and not of this. */
  private boolean hasForeignFloor(FeatureStatistics found) {
    double distance = Math.abs(found.minimum() - lowest());
    if (found.atMinimum() <= AT_FLOOR || distance <= NARROW_MARGIN * (highest() - lowest())) {
      return false;
    }
    return others().values().stream().anyMatch(other -> other.startsAt(found.minimum()));
  }

  private boolean startsAt(double minimum) {
    return Math.abs(minimum - lowest()) < EXACT * (highest() - lowest());
  }

  /**
   * Decimal logarithms are inside the range of natural ones: a low voice in a quiet room for all
   * that bounds tell. But then everything would change less than recorded sound does.
   */
  private boolean looksLikeDecimalLogarithms(FeatureStatistics found) {
    FeatureRange decimal = in(FeatureScale.LOG10);
    return usualOverlap
        && !own.isAlong(decimal.own)
        && found.minimum() > decimal.lowest() - 0.1
        && found.minimum() < decimal.lowest() + 1
        && found.maximum() < decimal.highest() + 0.1
        && found.deviation() > 0.7
        && found.change() / own.slope() < LITTLE_CHANGE;
  }

  /** The scales beside this one. */
  private Map<FeatureScale, FeatureRange> others() {
    Map<FeatureScale, FeatureRange> others = new EnumMap<>(FeatureScale.class);
    for (FeatureScale scale : FeatureScale.values()) {
      if (!own.isAlong(scale.line())) {
        others.put(scale, in(scale));
      }
    }
    return others;
  }

  /** The scales that the features are likely of, best first. */
  private List<FeatureScale> guess(Features features, FeatureStatistics found) {
    if (!comparable) {
      return List.of();
    }
    List<Guess> guesses = new ArrayList<>();
    others()
        .forEach(
            (scale, range) -> {
              if (!range.isBeyond(features, NARROW_MARGIN)) {
                guesses.add(new Guess(scale, range.penalty(found)));
              }
            });
    double best = guesses.stream().mapToDouble(Guess::penalty).min().orElse(0);
    return guesses.stream()
        .filter(guess -> guess.penalty() <= best + 1)
        .sorted(Comparator.comparingDouble(Guess::penalty))
        .map(Guess::scale)
        .toList();
  }

  private record Guess(FeatureScale scale, double penalty) {}

  /** How far the features, read in this scale, are from speech as it mostly is. */
  private double penalty(FeatureStatistics found) {
    double level = (own.decibels(found.mean()) + 45) / 20;
    double spread = (found.deviation() / own.slope() - 18) / 6;
    double change = (found.change() / own.slope() - USUAL_CHANGE) / 1.5;
    return level * level
        + spread * spread
        + (usualOverlap ? Math.min(4, change * change) : 0)
        - (startsAt(found.minimum()) ? 4 : 0);
  }
}
