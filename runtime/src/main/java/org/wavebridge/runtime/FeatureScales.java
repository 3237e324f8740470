package org.wavebridge.runtime;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.runtime.io.Features;

/**
 * The scale of a bundle's features: checks, conversions, and one warning. Safe for use by several
 * threads.
 */
final class FeatureScales {
  private static final Logger LOG = LoggerFactory.getLogger(Vocoder.class);

  private final Bundle bundle;
  private final AtomicBoolean told = new AtomicBoolean();
  private final Optional<FeatureRange> range;

  FeatureScales(Bundle bundle) {
    this.bundle = bundle;
    this.range = FeatureRange.of(bundle.manifest());
  }

  /** See {@link Vocoder#check(Features)}. */
  FeatureCheck check(Features features) {
    FeatureCheck check =
        range
            .map(known -> known.check(features))
            .orElseGet(() -> FeatureCheck.of(features, bundle.manifest()));
    if (check.otherScale()) {
      told.set(true);
    }
    return check;
  }

  /** See {@link Vocoder#check(Features, FeatureScale)}. */
  FeatureCheck check(Features features, FeatureScale scale) {
    return comparable().in(scale).check(features);
  }

  /** See {@link Vocoder#converted}. */
  Features converted(Features features, FeatureScale scale) {
    return comparable().converted(features, scale);
  }

  /** Warns of features of another scale, if nobody has been told yet. */
  void tell(Features features) {
    if (told.get()) {
      return;
    }
    Optional<FeatureCheck> check = range.map(known -> known.check(features));
    if (check.isPresent() && check.get().otherScale() && told.compareAndSet(false, true)) {
      LOG.warn("{}: {}; they give noise", bundle.path(), check.get().message());
    }
  }

  private FeatureRange comparable() {
    return range
        .filter(FeatureRange::isComparable)
        .orElseThrow(
            () ->
                new InputException(
                    "%s: the bundle (%s) does not say how its features compare with the known scales, so that none can be converted"
                        .formatted(bundle.path(), bundle.manifest().family())));
  }
}
