package org.wavebridge.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.OutputFile;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option of commands that show what they found or made as a page. */
final class PageOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--report",
      paramLabel = "R.html",
      description =
          "Write a page with pictures too: one HTML file, which needs no network. It appears whole or not at all.")
  private @Nullable Path page;

  /** Whether a page is wanted. */
  boolean wanted() {
    return page != null;
  }

  /**
   * Refuses, before work is done, a place where no page can be written.
   *
   * @param inputs that must not be lost
   * @param outputs that the command writes beside the page
   * @throws InputException naming the page
   */
  void requireUsable(Collection<Path> inputs, Collection<Path> outputs) {
    if (page == null) {
      return;
    }
    if (InputFiles.isStandard(page)) {
      throw new ParameterException(
          spec.commandLine(), "--report: expected a file, found -, standard output");
    }
    Path folder = page.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new InputException(page + ": expected an existing folder to write to, found none");
    }
    if (Files.isDirectory(page)) {
      throw new InputException(page + ": expected a file to write, found a folder");
    }
    OutputFile.requireNotInput(page, inputs);
    Path place = page.toAbsolutePath().normalize();
    List<Path> places = new ArrayList<>();
    outputs.forEach(output -> places.add(output.toAbsolutePath().normalize()));
    if (places.contains(place)) {
      throw new ParameterException(
          spec.commandLine(),
          "--report: %s is what -o writes; choose another file".formatted(page));
    }
  }

  /** Writes the page, if one is wanted, and says so. */
  void write(Report report, String html) {
    if (page != null) {
      OutputFile.write(page, out -> out.write(html.getBytes(StandardCharsets.UTF_8)));
      report.message("%s: written", page);
    }
  }
}
