package org.wavebridge.graphs.bundle;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.build.Conditioning;
import org.wavebridge.graphs.bundle.BundleManifest.BandPart;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Subscale;

/**
 * Refuses a description whose values cannot be right, before any of them decides how much memory to
 * take or where to read.
 */
final class ManifestChecks {
  /** The largest size that the operators take. */
  private static final int LARGEST_SIZE = 1 << 20;

  private static final int LARGEST_HOP = 1 << 16;

  private final Path file;

  private ManifestChecks(Path file) {
    this.file = file;
  }

  /**
   * Checks a description.
   *
   * @param file where it was read, for messages
   * @throws BundleException naming the first value that is out of bounds
   */
  static void check(Path file, BundleManifest manifest) {
    ManifestChecks checks = new ManifestChecks(file);
    checks.range("audio.sampleRate", manifest.audio().sampleRate(), 1, Integer.MAX_VALUE);
    checks.range("audio.bits", manifest.audio().bits(), 1, 32);
    checks.finite("audio.deEmphasis", manifest.audio().deEmphasis());
    checks.range("audio.fadeOutFrames", manifest.audio().fadeOutFrames(), 0, LARGEST_SIZE);
    checks.range("features.mels", manifest.features().mels(), 1, LARGEST_SIZE);
    checks.range("features.hop", manifest.features().hop(), 1, LARGEST_HOP);
    checks.range("utterance.leadFrames", manifest.utterance().leadFrames(), 0, LARGEST_SIZE);
    checks.range("utterance.tailFrames", manifest.utterance().tailFrames(), 0, LARGEST_SIZE);
    checks.range("contextFrames", manifest.contextFrames(), 0, LARGEST_SIZE);
    checks.range("futureFrames", manifest.futureFrames(), 0, LARGEST_SIZE);
    checks.network(manifest.network());
    checks.bands(manifest);
    manifest.subscale().ifPresent(checks::subscale);
    checks.conditioning(manifest.conditioning());
    for (BundleManifest.@Nullable GraphFile graph : manifest.graphs()) {
      checks.name("graphs", graph == null ? null : graph.file());
    }
  }

  private void network(BundleManifest.Network network) {
    int outputs = network.outputs();
    range("network.outputs", outputs, 1, Head.MOST_OUTPUTS);
    int draws =
        switch (network.head()) {
          case DUAL_SOFTMAX -> 2;
          case CATEGORICAL, GAUSSIAN -> 1;
          case MIXTURE_OF_LOGISTICS -> outputs / 3 + 1;
          case BAND_MIXTURES -> 2;
        };
    range("network.draws", network.draws(), draws, draws);
    range("network.stateSize", network.stateSize(), 1, 2 * LARGEST_SIZE);
    range("values in network.initialPrevious", network.initialPrevious().size(), 1, LARGEST_SIZE);
    finite("network.initialPrevious", network.initialPrevious());
  }

  private void bands(BundleManifest manifest) {
    boolean needed = manifest.network().head() == HeadKind.BAND_MIXTURES;
    if (needed != manifest.bands().isPresent()) {
      throw refused(
          "bands",
          needed ? "how bands are merged" : "none for this head",
          needed ? "none" : "some");
    }
    if (manifest.bands().isEmpty()) {
      return;
    }
    BandPart bands = manifest.bands().get();
    int count = bands.count();
    range("bands.count", count, 2, CosineModulatedBank.MOST_BANDS);
    finite("bands.levelsPerUnit", bands.levelsPerUnit());
    if (bands.prototype().isEmpty()) {
      range("bands.count beyond a power of two", count - Integer.highestOneBit(count), 0, 0);
      range("values in bands.even", bands.even().size(), 1, LARGEST_SIZE);
      range("values in bands.odd", bands.odd().size(), bands.even().size(), bands.even().size());
    } else {
      range("values in bands.prototype", bands.prototype().size(), count + 1, LARGEST_SIZE);
      range("values in bands.even", bands.even().size(), 0, 0);
      range("values in bands.odd", bands.odd().size(), 0, 0);
    }
    range(
        "values in network.initialPrevious",
        manifest.network().initialPrevious().size(),
        count,
        count);
    range("samples of a frame beyond whole steps", manifest.features().hop() % count, 0, 0);
    finite("bands.even", bands.even());
    finite("bands.odd", bands.odd());
    finite("bands.prototype", bands.prototype());
  }

  private void subscale(BundleManifest.SubscalePart subscale) {
    int most = subscale.trainedFactor();
    range("subscale.trainedFactor", most, 1, LARGEST_SIZE);
    range("subscale.factor", subscale.factor(), 1, Math.min(most, Subscale.MAXIMUM_FACTOR));
    range("subscale.horizon", subscale.horizon(), 0, LARGEST_SIZE);
    range("subscale.chunk", subscale.chunk(), 1, subscale.ownPast() ? 1 : LARGEST_SIZE);
    range("subscale.reach", subscale.reach(), 0, LARGEST_SIZE);
    range("subscale.contextSize", subscale.contextSize(), 0, LARGEST_SIZE);
  }

  private void conditioning(List<Conditioning> tensors) {
    range("tensors in conditioning", tensors.size(), 1, LARGEST_SIZE);
    for (@Nullable Conditioning tensor : tensors) {
      name("conditioning", tensor == null ? null : tensor.name());
      range("conditioning.size", tensor == null ? -1 : tensor.size(), 0, LARGEST_SIZE);
    }
  }

  private void range(String what, int found, int least, int most) {
    if (found < least || found > most) {
      String expected = least == most ? "" + least : least + " to " + most;
      throw refused(what, expected, "" + found);
    }
  }

  private void finite(String what, List<Float> values) {
    for (@Nullable Float value : values) {
      finite(what, value == null ? Float.NaN : value);
    }
  }

  private void finite(String what, float found) {
    if (!Float.isFinite(found)) {
      throw refused(what, "a finite number", "" + found);
    }
  }

  /** Names of files and tensors; a file's must stay in the bundle. */
  private void name(String what, @Nullable String found) {
    if (found == null || !found.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
      throw refused(what, "a plain name", "'" + found + "'");
    }
  }

  private BundleException refused(String what, String expected, String found) {
    return new BundleException(
        "%s: %s: expected %s, found %s; the file was changed or damaged, export the checkpoint again"
            .formatted(file, what, expected, found));
  }
}
