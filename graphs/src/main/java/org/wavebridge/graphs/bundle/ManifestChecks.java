package org.wavebridge.graphs.bundle;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.bundle.BundleManifest.BandPart;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.network.residualgru.SubBandGruNetwork;

/**
 * Refuses a description whose values cannot be right, before any of them decides how much memory to
 * take or where to read.
 */
final class ManifestChecks {
  /** The largest size that the operators take. */
  private static final int LARGEST_SIZE = 1 << 20;

  private static final int LARGEST_HOP = 1 << 16;
  private static final int HIGHEST_RATE = 1_000_000;

  /** Frames without samples at either end of an utterance. */
  private static final int MOST_SILENT_FRAMES = 4096;

  /** Mels, conditioning or uniforms of the samples of one frame. */
  private static final long MOST_FRAME_VALUES = 1 << 20;

  /** Logits of the samples of one frame. */
  private static final long MOST_FRAME_LOGITS = 1 << 25;

  /** Positions of a row of a subscale utterance that must be at hand together. */
  private static final long MOST_POSITIONS = 1 << 14;

  /** Samples that the contexts of one row read. */
  private static final long MOST_CONTEXT_READS = 1 << 18;

  /** What layers over frames may keep, as their operator has it. */
  private static final int MOST_STREAM_STATE = 1 << 22;

  private static final int LARGEST_FFT = 1 << 16;
  private static final long MOST_FILTER_VALUES = 1 << 24;
  private static final int MOST_TAPS = 1 << 13;
  private static final int MOST_FILES = 64;
  private static final int LONGEST_TEXT = 1024;

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
    checks.range("audio.sampleRate", manifest.audio().sampleRate(), 1, HIGHEST_RATE);
    checks.range("audio.bits", manifest.audio().bits(), 1, 32);
    checks.finite("audio.deEmphasis", manifest.audio().deEmphasis());
    checks.range("audio.fadeOutFrames", manifest.audio().fadeOutFrames(), 0, LARGEST_SIZE);
    checks.range("features.mels", manifest.features().mels(), 1, LARGEST_SIZE);
    checks.range("features.hop", manifest.features().hop(), 1, LARGEST_HOP);
    checks.range("utterance.leadFrames", manifest.utterance().leadFrames(), 0, MOST_SILENT_FRAMES);
    checks.range("utterance.tailFrames", manifest.utterance().tailFrames(), 0, MOST_SILENT_FRAMES);
    checks.range("speakerSize", manifest.speakerSize(), 0, LARGEST_SIZE);
    checks.finite("utterance.beyond", manifest.utterance().beyond());
    checks.range("utterance.fadeSamples", manifest.utterance().fadeSamples(), 0, LARGEST_SIZE);
    checks.range("contextFrames", manifest.contextFrames(), 0, LARGEST_SIZE);
    checks.range("futureFrames", manifest.futureFrames(), 0, LARGEST_SIZE);
    checks.network(manifest.network());
    manifest.int8().ifPresent(checks::int8);
    checks.bands(manifest);
    manifest.subscale().ifPresent(checks::subscale);
    manifest.stream().ifPresent(checks::stream);
    checks.conditioning(manifest.conditioning());
    checks.frame(manifest);
    manifest
        .features()
        .analysis()
        .ifPresent(analysis -> checks.analysis(analysis, manifest.features().mels()));
    checks.graphs(manifest.graphs());
    checks.text("producer", manifest.producer());
    checks.text("family", manifest.family());
    checks.text("source.file", manifest.source().file());
    checks.text("source.sha256", manifest.source().sha256());
  }

  private void graphs(List<BundleManifest.GraphFile> graphs) {
    range("graphs", graphs.size(), 1, MOST_FILES);
    Set<String> seen = new HashSet<>();
    for (BundleManifest.@Nullable GraphFile graph : graphs) {
      name("graphs", graph == null ? null : graph.file());
      if (graph != null) {
        name("graphs.precision", graph.precision());
        text("graphs.sha256", graph.sha256());
        String which = graph.kind().label() + " " + graph.precision();
        if (!seen.add(which)) {
          throw refused("graphs", "one graph of each kind and precision", "two of " + which);
        }
      }
    }
  }

  /** Limits the values that the samples of one frame take. */
  private void frame(BundleManifest manifest) {
    long hop = manifest.features().hop();
    most("features.mels x features.hop", hop * manifest.features().mels(), MOST_FRAME_VALUES);
    most("network.draws x features.hop", hop * manifest.network().draws(), MOST_FRAME_VALUES);
    most("network.outputs x features.hop", hop * manifest.network().outputs(), MOST_FRAME_LOGITS);
    for (Conditioning tensor : manifest.conditioning()) {
      long vectors = tensor.rate() == Conditioning.Rate.SAMPLE ? hop : 1;
      most("conditioning.size of a frame", vectors * tensor.size(), MOST_FRAME_VALUES);
    }
  }

  private void analysis(MelAnalysis analysis, int mels) {
    range("features.analysis.fftSize", analysis.fftSize(), 2, LARGEST_FFT);
    range("features.analysis.windowLength", analysis.windowLength(), 1, analysis.fftSize());
    most(
        "features.analysis.fftSize x features.mels",
        (long) analysis.fftSize() * mels,
        MOST_FILTER_VALUES);
    double[] values = {
      analysis.minimumFrequency(),
      analysis.maximumFrequency(),
      analysis.floor(),
      analysis.shift(),
      analysis.scale(),
      analysis.fullScale(),
      analysis.preEmphasis()
    };
    for (double value : values) {
      finite("features.analysis", (float) value);
    }
    // Features that are not limited have infinite limits.
    if (!(analysis.minimum() <= analysis.maximum())) {
      throw refused(
          "features.analysis.minimum",
          "at most the maximum " + analysis.maximum(),
          "" + analysis.minimum());
    }
    if (analysis.scale() == 0) {
      throw refused("features.analysis.scale", "a number other than 0", "0");
    }
  }

  private void network(BundleManifest.Network network) {
    int outputs = network.outputs();
    range("network.outputs", outputs, 1, Head.MOST_OUTPUTS);
    int draws = network.head().draws(outputs);
    range("network.draws", network.draws(), draws, draws);
    range("network.stateSize", network.stateSize(), 1, 2 * LARGEST_SIZE);
    range("values in network.initialPrevious", network.initialPrevious().size(), 1, LARGEST_SIZE);
    finite("network.initialPrevious", network.initialPrevious());
  }

  private void int8(BundleManifest.Int8Part int8) {
    if (Arrays.stream(Activations.values()).noneMatch(of -> of.bits() == int8.activationBits())) {
      throw refused("int8.activationBits", "8 or 12", "" + int8.activationBits());
    }
    most("int8.largestSum", int8.largestSum(), Integer.MAX_VALUE);
  }

  private void bands(BundleManifest manifest) {
    boolean needed =
        manifest.network().head() == HeadKind.BAND_MIXTURES
            || manifest.network().kind().equals(SubBandGruNetwork.KIND);
    if (needed != manifest.bands().isPresent()) {
      throw refused(
          "bands",
          needed ? "how bands are merged" : "none for this network",
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
      if (bands.form() != CosineModulatedBank.Form.CAUSAL) {
        throw refused("bands.form", "CAUSAL without a prototype", "" + bands.form());
      }
      range("bands.count beyond a power of two", count - Integer.highestOneBit(count), 0, 0);
      range("values in bands.even", bands.even().size(), 1, MOST_TAPS);
      range("values in bands.odd", bands.odd().size(), bands.even().size(), bands.even().size());
    } else {
      range("values in bands.prototype", bands.prototype().size(), count + 1, MOST_TAPS);
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
    long positions = (long) subscale.horizon() + subscale.chunk() + subscale.reach();
    most("subscale.horizon + chunk + reach", positions, MOST_POSITIONS);
    if (subscale.contextSize() > 0) {
      most(
          "subscale.trainedFactor x (reach + chunk)",
          (long) most * (subscale.reach() + subscale.chunk()),
          MOST_CONTEXT_READS);
    }
  }

  private void stream(BundleManifest.StreamPart stream) {
    range("stream.leadFrames", stream.leadFrames(), 0, LARGEST_SIZE);
    range("stream.tailFrames", stream.tailFrames(), 0, LARGEST_SIZE);
    stream.padding().ifPresent(padding -> finite("stream.padding", padding));
    long values = 0;
    for (BundleManifest.StreamPart.@Nullable Run run : stream.state()) {
      range("stream.state.count", run == null ? 0 : run.count(), 1, MOST_STREAM_STATE);
      finite("stream.state.value", run == null ? Float.NaN : run.value());
      values += run == null ? 0 : run.count();
    }
    most("values in stream.state", values, MOST_STREAM_STATE);
  }

  private void conditioning(List<Conditioning> tensors) {
    range("tensors in conditioning", tensors.size(), 1, MOST_FILES);
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

  private void most(String what, long found, long most) {
    if (found > most) {
      throw refused(what, "at most " + most, "" + found);
    }
  }

  private void text(String what, String found) {
    if (found.length() > LONGEST_TEXT) {
      throw refused(what, "at most %d characters".formatted(LONGEST_TEXT), "" + found.length());
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
    if (found == null
        || found.length() > LONGEST_TEXT
        || !found.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
      throw refused(what, "a plain name", "'" + found + "'");
    }
  }

  private BundleException refused(String what, String expected, String found) {
    return new BundleException(
        "%s: %s: expected %s, found %s; the file was changed or damaged, export the checkpoint again"
            .formatted(file, what, expected, found));
  }
}
