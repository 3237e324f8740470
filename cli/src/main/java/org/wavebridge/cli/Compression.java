package org.wavebridge.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wavebridge.compress.CalibratedQuantizer;
import org.wavebridge.compress.Calibration;
import org.wavebridge.conformance.verify.QuantisationCost;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.graphs.files.Unfinished;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.runtime.Backends;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;

/**
 * What {@code export} makes of a network before it writes the bundle. The network's f32 graphs lie
 * in a temporary folder meanwhile, since they make and score audio fast.
 */
final class Compression implements AutoCloseable {
  /** Bits per sample that activations of 8 bits may cost. */
  private static final double ENOUGH = 0.01;

  private final Report report;
  private ImportedModel imported;
  private final Unfinished folder;
  private Optional<VocoderModel> quantised = Optional.empty();
  private @Nullable CalibrationAudio audio;

  private Compression(ImportedModel imported, Report report, Unfinished folder) {
    this.imported = imported;
    this.report = report;
    this.folder = folder;
  }

  /**
   * Compresses a network as the options say.
   *
   * @param int8 whether int8 graphs are wanted
   */
  static Compression of(
      ImportedModel imported, CompressionOptions options, boolean int8, Report report) {
    try {
      Compression compression = new Compression(imported, report, Unfinished.temporary("compress"));
      try {
        if (int8 || options.sparsity().isPresent()) {
          compression.run(options, int8);
        }
        return compression;
      } catch (RuntimeException e) {
        compression.close();
        throw e;
      }
    } catch (IOException e) {
      throw new BundleException("the temporary folder cannot be used: " + FileErrors.reason(e), e);
    }
  }

  /** The model of the f32 graphs. */
  ImportedModel imported() {
    return imported;
  }

  /** The model of the int8 graphs, if there are any. */
  Optional<VocoderModel> quantised() {
    return quantised;
  }

  private void run(CompressionOptions options, boolean int8) {
    VocoderModel model = imported.model();
    try (Vocoder vocoder = open(stage("whole", model, Optional.empty()), BundleManifest.F32)) {
      audio =
          options.recordings().isEmpty()
              ? CalibrationAudio.ofItself(model, vocoder)
              : CalibrationAudio.ofFiles(options.recordings(), vocoder, report);
    }
    if (options.uncalibrated()) {
      quantise(Quantizer.quantise(model), options);
      return;
    }
    Calibration calibration = calibration(options);
    options.sparsity().ifPresent(wanted -> sparsify(wanted, calibration, options, int8));
    if (int8) {
      quantise(
          CalibratedQuantizer.quantise(imported.model(), calibration, Activations.BITS_8), options);
    }
  }

  private void sparsify(
      CompressionOptions.Sparsity wanted,
      Calibration calibration,
      CompressionOptions options,
      boolean int8) {
    Sparsification sparsification =
        new Sparsification(
            imported.model(),
            calibration,
            heard(),
            (name, model) ->
                stage(
                    name, model, int8 ? Optional.of(Quantizer.quantise(model)) : Optional.empty()),
            int8 ? BundleManifest.INT8 : BundleManifest.F32);
    imported = imported.with(sparsification.run(wanted, options, report));
  }

  private void quantise(VocoderModel eight, CompressionOptions options) {
    Activations activations = options.activations().orElseGet(() -> choose(eight));
    quantised = Optional.of(CalibratedQuantizer.with(eight, activations));
  }

  private Path stage(String name, VocoderModel model, Optional<VocoderModel> int8) {
    Path target = folder.folder().resolve(name);
    try (StagedBundle staged =
        Exporter.stage(imported.with(model), int8, target, Version.producer())) {
      return staged.publish();
    }
  }

  /** Activations of 8 bits where they are good enough. */
  private Activations choose(VocoderModel eight) {
    QuantisationCost cost = cost(stage("eight", imported.model(), Optional.of(eight)));
    Activations chosen = cost.bits() < ENOUGH ? Activations.BITS_8 : Activations.BITS_12;
    report.message(
        "activations of %d bits: with 8 bits int8 costs %.4f bits per sample on %s, %s than %.2f",
        chosen.bits(),
        cost.bits(),
        heard().name(),
        chosen == Activations.BITS_8 ? "less" : "not less",
        ENOUGH);
    return chosen;
  }

  private Calibration calibration(CompressionOptions options) {
    report.message(
        "calibrating on %s%s",
        heard().name(),
        options.recordings().isEmpty()
            ? "; give recordings with --calibrate where there are some"
            : "");
    return report.withProgress(
        "calibrate",
        progress ->
            Calibration.of(
                imported.model(),
                heard().recordings(),
                Calibration.STEPS,
                (done, all) -> progress.at(done, all)));
  }

  private CalibrationAudio heard() {
    if (audio == null) {
      throw new IllegalStateException("no audio was gathered");
    }
    return audio;
  }

  /**
   * Reports what int8 costs, if it is there.
   *
   * @param bundle as it will be published
   */
  void reportCost(Path bundle) {
    if (quantised.isEmpty()) {
      return;
    }
    QuantisationCost cost =
        new QuantisationCost(bits(bundle, BundleManifest.F32), bits(bundle, BundleManifest.INT8));
    report.data(
        "int8 costs %.4f bits per sample (%.4f in f32, %.4f in int8) on %s",
        cost.bits(), cost.f32(), cost.int8(), heard().name());
    if (!(cost.bits() <= QuantisationCost.WORTH_A_WARNING)) {
      report.message(
          "wavebridge: warning: int8 costs %.3f bits per sample, more than %.2f; listen before you use it, or stay with f32",
          cost.bits(), QuantisationCost.WORTH_A_WARNING);
    }
  }

  private QuantisationCost cost(Path bundle) {
    return new QuantisationCost(
        bits(bundle, BundleManifest.F32), bits(bundle, BundleManifest.INT8));
  }

  private double bits(Path bundle, String precision) {
    try (Vocoder vocoder = open(bundle, precision)) {
      return heard().bits(vocoder);
    }
  }

  static Vocoder open(Path bundle, String precision) {
    return Vocoder.open(bundle, new VocoderOptions(Backends.AUTO, precision, 1));
  }

  @Override
  public void close() {
    folder.close();
  }
}
