package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wavebridge.conformance.verify.Verification;
import org.wavebridge.conformance.verify.VerificationReport;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.family.Families;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import picocli.CommandLine.Command;
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
      "Every graph is then checked against a reference on every backend of this machine; a bundle that fails is not written."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  wavebridge export voice.pt -o voice",
      "  wavebridge export latest_weights.pyt -o voice --family fatchord --config hparams.json",
      "  wavebridge export voice.safetensors -o voice.zip --no-verify"
    })
final class ExportCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "CHECKPOINT",
      description = "A PyTorch checkpoint (zip or legacy) or a safetensors file.")
  private Path checkpoint = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "BUNDLE",
      required = true,
      description =
          "The folder to write, or a file named *.zip. A bundle that is there is replaced.")
  private Path output = Path.of("");

  @Option(
      names = "--family",
      paramLabel = "NAME",
      defaultValue = Families.AUTO,
      description =
          "The code base the checkpoint came from: auto, wavernn-dual-softmax, fatchord. Default: auto.")
  private String family = Families.AUTO;

  @Option(
      names = "--config",
      paramLabel = "FILE.json",
      description =
          "Settings that the checkpoint does not tell, as a JSON object; see 'wavebridge inspect'.")
  private @Nullable Path config;

  @Option(
      names = "--precision",
      paramLabel = "P,P",
      split = ",",
      defaultValue = BundleManifest.F32,
      description = "Precisions of the graphs to write: f32. Default: f32.")
  private List<String> precisions = List.of(BundleManifest.F32);

  @Option(
      names = "--verify",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Check the graphs against the reference before the bundle appears. Default: yes.")
  private boolean verify = true;

  @Override
  public void run() {
    requirePrecisions();
    if (!family.equals(Families.AUTO) && !Families.names().contains(family)) {
      throw new ParameterException(
          spec.commandLine(),
          "--family: expected auto or one of %s, found '%s'".formatted(Families.names(), family));
    }
    Report report = new Report(spec);
    ImportedModel imported = Exporter.read(checkpoint, family, Optional.ofNullable(config));
    report.message("%s: family %s (%s)", checkpoint, imported.model().family(), imported.reason());
    try (StagedBundle staged = Exporter.stage(imported, output, Version.producer())) {
      if (verify) {
        verify(report, imported, staged);
      }
      staged.publish();
    }
    report.message("%s: written", output);
  }

  private void verify(Report report, ImportedModel imported, StagedBundle staged) {
    VerificationReport verified = Verification.check(imported.model(), staged.directory());
    verified.lines().forEach(line -> report.data("%s", line));
    if (!verified.passed()) {
      throw new CheckFailedException(
          "%s: verification failed: %s; nothing was written, use --no-verify to keep such a bundle"
              .formatted(output, verified.firstFailure()));
    }
  }

  private void requirePrecisions() {
    for (String precision : precisions) {
      if (!precision.equals(BundleManifest.F32)) {
        throw new ParameterException(
            spec.commandLine(),
            "--precision: expected %s, found '%s'".formatted(BundleManifest.F32, precision));
      }
    }
  }
}
