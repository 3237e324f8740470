package org.wavebridge.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.wavebridge.compress.Calibration;
import org.wavebridge.compress.Sparsifier;
import org.wavebridge.conformance.report.DensityPage;
import org.wavebridge.exporter.sparsity.BlockShapes;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.graphs.files.OutputFile;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.bench.GenerateBenchmark;

/** Sparse networks of one dense one, each with its bits per sample, speed and size. */
final class Sparsification {
  /** A loss above this is accepted only on request. */
  private static final double WORTH_ASKING = 0.1;

  /** Shapes this much slower than the fastest are as fast. */
  private static final double AS_FAST = 0.95;

  private static final int TURNS = 4;

  /** A layer with its density, in words. */
  private static final String DENSITY = "%s %.2f";

  private static final List<Double> DENSITIES = List.of(0.7, 0.5, 0.35, 0.25);

  private final VocoderModel model;
  private final Calibration calibration;
  private final CalibrationAudio audio;
  private final Stage stage;
  private final String precision;
  private final Path whole;
  private final double bitsBefore;

  /** Writes a bundle of a model for a while. */
  @FunctionalInterface
  interface Stage {
    /** The bundle's folder. */
    Path of(String name, VocoderModel model);
  }

  /** A sparse network. Speeds are of one run; bits are of f32 graphs. */
  private record Trial(
      Sparsifier sparsifier,
      VocoderModel model,
      BlockShape shape,
      double density,
      double bits,
      double samplesPerSecond,
      double samplesPerSecondBefore,
      long bytes) {}

  /**
   * Sparse networks of a model.
   *
   * @param precision whose speed counts
   */
  Sparsification(
      VocoderModel model,
      Calibration calibration,
      CalibrationAudio audio,
      Stage stage,
      String precision) {
    this.model = model;
    this.calibration = calibration;
    this.audio = audio;
    this.stage = stage;
    this.precision = precision;
    this.whole = stage.of("dense", model);
    try (Vocoder vocoder = Compression.open(whole, BundleManifest.F32)) {
      this.bitsBefore = audio.bits(vocoder);
    }
  }

  /**
   * The sparse network that options ask for, reported.
   *
   * @throws CheckFailedException if it loses more than is accepted
   */
  VocoderModel run(CompressionOptions.Sparsity wanted, CompressionOptions options, Report report) {
    List<Trial> tried = new ArrayList<>();
    for (BlockShape shape : wanted.shapes()) {
      if (!Sparsifier.layers(model, shape, wanted.density(), wanted.layers()).isEmpty()) {
        double lowest = options.page().isPresent() ? densities(wanted).first() : wanted.density();
        Trial trial = trial(sparsifier(wanted, shape, lowest, report), shape, wanted.density());
        if (wanted.shapes().size() > 1) {
          report.message("tried %s", words(trial));
        }
        tried.add(trial);
      }
    }
    double fastest = tried.stream().mapToDouble(Trial::samplesPerSecond).max().orElse(0);
    Trial best =
        tried.stream()
            .filter(trial -> trial.samplesPerSecond() >= AS_FAST * fastest)
            .min(Comparator.comparingDouble(Trial::bits))
            .orElseThrow(
                () ->
                    new InputException(
                        "--sparsify: no matrix of a step has 4,096 values or more, whole blocks and a density above %s"
                            .formatted(wanted.density())));
    report.data("sparse %s: %s", words(DENSITY, layers(best)), words(best));
    if (options.page().isPresent()) {
      write(options.page().get(), densities(wanted), best);
    }
    double loss = best.bits() - bitsBefore;
    if (!(loss <= WORTH_ASKING) && !options.acceptsLoss()) {
      throw new CheckFailedException(
          "the sparse network loses %.3f bits per sample, more than %.1f; nothing was written, use a higher density or --accept-loss"
              .formatted(loss, WORTH_ASKING));
    }
    return best.model();
  }

  /** Removals of a shape, weighted by what they cost in bits per sample. */
  private Sparsifier sparsifier(
      CompressionOptions.Sparsity wanted, BlockShape shape, double lowest, Report report) {
    Sparsifier sparsifier;
    try {
      sparsifier = new Sparsifier(model, shape, lowest, wanted.layers(), calibration);
    } catch (IllegalArgumentException e) {
      throw new InputException("--sparsify: " + e.getMessage(), e);
    }
    Map<String, Double> lost = sparsifier.measure(this::bits);
    if (!lost.isEmpty()) {
      report.message(
          "bits per sample lost with half of the %s blocks of one layer: %s",
          shape, words("%s %.4f", lost));
    }
    return sparsifier;
  }

  private double bits(VocoderModel sparse) {
    Path bundle = stage.of("layer", sparse);
    try (Vocoder vocoder = Compression.open(bundle, BundleManifest.F32)) {
      return audio.bits(vocoder);
    }
  }

  /** The densities of a page. */
  private static NavigableSet<Double> densities(CompressionOptions.Sparsity wanted) {
    NavigableSet<Double> densities = new TreeSet<>(DENSITIES);
    densities.add(wanted.density());
    return densities;
  }

  private Trial trial(Sparsifier sparsifier, BlockShape shape, double density) {
    VocoderModel made = sparsifier.to(density);
    VocoderModel sparse = made.with(BlockShapes.choose(made.network()));
    Path bundle = stage.of("sparse-%s-%s".formatted(shape, density), sparse);
    double bits;
    try (Vocoder vocoder = Compression.open(bundle, BundleManifest.F32)) {
      bits = audio.bits(vocoder);
    }
    try (Vocoder before = Compression.open(whole, precision);
        Vocoder after = Compression.open(bundle, precision)) {
      GenerateBenchmark slow = new GenerateBenchmark(before, 1);
      GenerateBenchmark fast = new GenerateBenchmark(after, 1);
      for (int turn = 0; turn < TURNS; turn++) {
        slow.turn();
        fast.turn();
      }
      return new Trial(
          sparsifier,
          sparse,
          shape,
          density,
          bits,
          fast.samplesPerSecond(),
          slow.samplesPerSecond(),
          bytes(bundle));
    }
  }

  /** The densities of the layers that lost blocks. */
  private static Map<String, Double> layers(Trial trial) {
    Map<String, Double> densities = new LinkedHashMap<>();
    Layers layers = trial.model().network().layers();
    for (LayerRow row : trial.sparsifier().layers(trial.density())) {
      WeightMatrix matrix = layers.weight(row);
      densities.put(row.name(), (double) matrix.nonZeros() / matrix.values().length);
    }
    return densities;
  }

  private static String words(String format, Map<String, Double> layers) {
    return layers.entrySet().stream()
        .map(each -> String.format(Locale.ROOT, format, each.getKey(), each.getValue()))
        .collect(Collectors.joining(", "));
  }

  private String words(Trial trial) {
    return String.format(
        Locale.ROOT,
        "density %s in %s: %.4f bits per sample (%.4f before, on %s), %.0f samples/s in %s (%.0f before), %d KiB (%d before)",
        trial.density(),
        trial.shape(),
        trial.bits(),
        bitsBefore,
        audio.name(),
        trial.samplesPerSecond(),
        precision,
        trial.samplesPerSecondBefore(),
        trial.bytes() / 1024,
        bytes(whole) / 1024);
  }

  private void write(Path file, NavigableSet<Double> densities, Trial best) {
    List<DensityPage.Point> points = new ArrayList<>();
    points.add(
        new DensityPage.Point(1, "", bitsBefore, best.samplesPerSecondBefore(), bytes(whole)));
    for (double density : densities.descendingSet()) {
      if (!best.sparsifier().layers(density).isEmpty()) {
        Trial trial =
            density == best.density() ? best : trial(best.sparsifier(), best.shape(), density);
        points.add(
            new DensityPage.Point(
                density,
                words(DENSITY, layers(trial)),
                trial.bits(),
                trial.samplesPerSecond(),
                trial.bytes()));
      }
    }
    String title =
        "%s, blocks of %s, on %s, speed in %s"
            .formatted(model.family(), best.shape(), audio.name(), precision);
    String page = DensityPage.of(title, Version.producer(), points);
    OutputFile.write(file, out -> out.write(page.getBytes(StandardCharsets.UTF_8)));
  }

  private static long bytes(Path bundle) {
    try (Stream<Path> files = Files.list(bundle)) {
      long sum = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sum += Files.size(file);
      }
      return sum;
    } catch (IOException e) {
      throw new BundleException(bundle + ": cannot be read: " + FileErrors.reason(e), e);
    }
  }
}
