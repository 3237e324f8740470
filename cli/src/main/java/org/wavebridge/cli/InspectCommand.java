package org.wavebridge.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.graphs.bundle.Bundle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
    footer = {
      "  wavebridge inspect voice.pt",
      "  wavebridge inspect wavernn.pth --family gwang --config hparams.json",
      "  wavebridge inspect voice --json",
      "  wavebridge inspect voice --report voice.html"
    })
final class InspectCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "CHECKPOINT|BUNDLE",
      description = "A checkpoint's file or folder, or a bundle's folder or zip.")
  private Path path = Path.of("");

  @Mixin private FamilyOptions family = new FamilyOptions();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin private PageOption page = new PageOption();

  @Override
  public void run() {
    family.requireKnown();
    boolean bundle =
        Bundle.isBundle(path) || (Files.isDirectory(path) && !CheckpointReader.isFolder(path));
    if (bundle && family.given()) {
      throw new ParameterException(
          spec.commandLine(),
          "--family and --config are for checkpoints; this is a bundle: " + path);
    }
    List<Path> inputs = new ArrayList<>(List.of(path));
    family.config().ifPresent(inputs::add);
    page.requireUsable(inputs, List.of());
    Inspection inspection =
        bundle ? ofBundle() : CheckpointInspection.of(CheckpointReader.read(path), family);
    Report report = new Report(spec);
    if (json) {
      report.json(inspection.object());
    } else {
      inspection.lines().forEach(line -> report.data("%s", line));
    }
    if (page.wanted()) {
      page.write(report, inspection.page("Inspection of " + path.getFileName()));
    }
  }

  private Inspection ofBundle() {
    try (Bundle bundle = Bundle.open(path)) {
      return BundleInspection.of(bundle, page.wanted());
    }
  }
}
