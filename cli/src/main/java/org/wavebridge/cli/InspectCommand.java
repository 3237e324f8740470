package org.wavebridge.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.graphs.bundle.Bundle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wavebridge inspect}. */
@Command(
    name = "inspect",
    description =
        "Says what a checkpoint or a bundle is: family, shapes, audio and mel settings with their source, sparsity of every matrix, graphs.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {"  wavebridge inspect voice.pt", "  wavebridge inspect voice --json"})
final class InspectCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "CHECKPOINT|BUNDLE",
      description = "A checkpoint's file or folder, or a bundle's folder or zip.")
  private Path path = Path.of("");

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public void run() {
    Inspection inspection =
        Bundle.isBundle(path) || Files.isDirectory(path) && !CheckpointReader.isFolder(path)
            ? BundleInspection.of(Bundle.open(path))
            : CheckpointInspection.of(CheckpointReader.read(path));
    Report report = new Report(spec);
    if (json) {
      report.json(inspection.object());
    } else {
      inspection.lines().forEach(line -> report.data("%s", line));
    }
  }
}
