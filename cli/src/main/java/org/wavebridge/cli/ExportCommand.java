package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.wavebridge.conformance.verify.Verification;
import org.wavebridge.conformance.verify.VerificationReport;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.exporter.family.ResolvedSetting;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.files.OutputFile;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wavebridge export}. */
@Command(
    name = "export",
    description = {
      "Turns a trained checkpoint into a bundle of ONNX graphs.",
      "Every graph is then checked against a reference on every backend of this machine; a bundle that fails is not written.",
      "Prints a line for each precision and for the checks; --verbose prints every check."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  wavebridge export voice.pt -o voice",
      "  wavebridge export latest_weights.pyt -o voice --family fatchord --config hparams.json",
      "  wavebridge export voice.pt -o voice --precision f32,int8",
      "  wavebridge export voice.pt -o voice --precision f32,int8 --calibrate a.npy a.wav b.npy b.wav",
      "  wavebridge export voice.pt -o voice --precision f32,int8 --activations 8",
      "  wavebridge export voice.pt -o voice --sparsify 0.5,16x1 --report sparse.html",
      "  wavebridge export voices.pyt -o anna --speaker anna.npy",
      "  wavebridge export voice.safetensors -o voice.zip --no-verify"
    })
final class ExportCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "CHECKPOINT",
      description =
          "A PyTorch checkpoint (zip or legacy), a safetensors file, or a folder of raw arrays (Lyra's wavegru).")
  private Path checkpoint = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "BUNDLE",
      required = true,
      description =
          "The folder to write, or a file named *.zip. A bundle that is there is replaced.")
  private Path output = Path.of("");

  @Mixin private FamilyOptions family = new FamilyOptions();

  @Option(
      names = "--precision",
      paramLabel = "P,P",
      split = ",",
      defaultValue = BundleManifest.F32,
      description =
          "Precisions of the graphs to write: f32, or f32,int8. Default: f32. For int8 the network is calibrated, and the cost in bits per sample is measured.")
  private List<String> precisions = List.of(BundleManifest.F32);

  @Option(
      names = "--speaker",
      paramLabel = "EMBEDDING.npy",
      description =
          "Make the bundle of one speaker, with this embedding [size], of a checkpoint that takes one. Otherwise each utterance brings its own.")
  private @Nullable Path speaker;

  @Mixin private CompressionOptions compression = new CompressionOptions();

  @Option(
      names = "--verify",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Check the graphs against the reference before the bundle appears. Default: yes.")
  private boolean verify = true;

  @Option(
      names = "--standalone",
      description =
          "Write graphs too that a program without WaveBridge's Java or Python runs: samples from a seed, decoding, and the conditioning of streams.")
  private boolean standalone;

  @Mixin private TritonOptions triton = new TritonOptions();

  @Override
  public void run() {
    requirePrecisions();
    family.requireKnown();
    List<Path> inputs = new ArrayList<>(compression.recordings());
    inputs.add(checkpoint);
    family.config().ifPresent(inputs::add);
    if (speaker != null) {
      inputs.add(speaker);
    }
    OutputFile.requireNotInput(output, inputs);
    triton.require(inputs);
    compression.page().ifPresent(page -> OutputFile.requireNotInput(page, inputs));
    Report report = new Report(spec);
    ImportedModel read = family.read(CheckpointReader.read(checkpoint));
    ImportedModel imported =
        speaker == null ? read : read.spokenBy(SpeakerEmbedding.read(speaker).values());
    report.message("%s: family %s (%s)", checkpoint, imported.model().family(), imported.reason());
    reportDefaults(report, imported);
    imported.notes().forEach(note -> report.message("wavebridge: warning: %s", note));
    try (Compression compressed =
        Compression.of(imported, compression, precisions.contains(BundleManifest.INT8), report)) {
      write(report, compressed);
    }
    report.message("%s: written", output);
  }

  private void write(Report report, Compression compressed) {
    try (StagedBundle staged =
        Exporter.stage(
            compressed.imported(),
            compressed.quantised(),
            standalone,
            output,
            Version.producer())) {
      try (Bundle bundle = Bundle.open(staged.directory())) {
        reportGraphs(report, bundle.manifest());
      }
      if (verify) {
        verify(report, compressed, staged);
      }
      compressed.reportCost(staged.directory());
      triton.write(report, compressed, output);
      staged.publish();
    }
  }

  private static void reportGraphs(Report report, BundleManifest manifest) {
    for (String precision : List.of(BundleManifest.F32, BundleManifest.INT8)) {
      List<String> graphs =
          manifest.graphs().stream()
              .filter(graph -> graph.precision().equals(precision))
              .map(graph -> graph.kind().label())
              .toList();
      if (!graphs.isEmpty()) {
        report.data("%s graphs: %s", precision, String.join(", ", graphs));
      }
    }
  }

  /**
   * Lists the defaults taken for settings that the checkpoint does not tell: wrong ones change the
   * sound.
   */
  private void reportDefaults(Report report, ImportedModel imported) {
    String defaults =
        imported.settings().stream()
            .filter(setting -> setting.source() == ResolvedSetting.Source.DEFAULT)
            .map(setting -> setting.name() + " " + setting.value())
            .collect(Collectors.joining(", "));
    if (!defaults.isEmpty()) {
      report.message(
          "%s: not told by the checkpoint, taken from the family's published settings: %s; give others in --config",
          checkpoint, defaults);
    }
  }

  private void verify(Report report, Compression compressed, StagedBundle staged) {
    VerificationReport verified =
        Verification.check(
            compressed.imported().model(), compressed.quantised(), staged.directory());
    if (report.verbose() || !verified.passed()) {
      verified.lines().forEach(line -> report.data("%s", line));
    }
    if (!verified.passed()) {
      throw new CheckFailedException(
          "%s: verification failed: %s; nothing was written, use --no-verify to keep such a bundle"
              .formatted(output, verified.firstFailure()));
    }
    report.data("%s", verified.summary());
  }

  private void requirePrecisions() {
    precisions = precisions.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    Set<String> known = Set.of(BundleManifest.F32, BundleManifest.INT8);
    if (!precisions.contains(BundleManifest.F32) || !known.containsAll(precisions)) {
      throw new ParameterException(
          spec.commandLine(),
          "--precision: expected f32 or f32,int8, found '%s'"
              .formatted(String.join(",", precisions)));
    }
    compression.require(precisions.contains(BundleManifest.INT8));
  }
}
