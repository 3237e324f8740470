package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wavebridge.exporter.triton.TritonRepository;
import org.wavebridge.graphs.files.OutputFile;
import org.wavebridge.runtime.OperatorLibrary;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code export} writes for the Triton inference server. */
final class TritonOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--triton",
      paramLabel = "DIR",
      description =
          "Write a model repository for the Triton inference server too. Its models are named after the bundle.")
  private @Nullable Path folder;

  @Option(
      names = "--triton-root",
      paramLabel = "PATH",
      defaultValue = "/models",
      description = "Where the server will see that repository. Default: /models.")
  private String root = "/models";

  @Option(
      names = "--triton-gpu",
      description =
          "Write models into it too whose samples a GPU makes, with the plugins for TensorRT. Their plans are built where they are served.")
  private boolean gpu;

  @Option(
      names = "--triton-gpu-rows",
      paramLabel = "N",
      defaultValue = "8",
      description = "The most utterances that such a plan makes at once, 1 to 32. Default: 8.")
  private int rows = 8;

  @Option(
      names = "--triton-gpu-seconds",
      paramLabel = "S",
      defaultValue = "20",
      description = "The longest utterance that such a plan makes, in seconds. Default: 20.")
  private double seconds = 20;

  /** Refuses options that need another, and a folder that is an input. */
  void require(List<Path> inputs) {
    if (gpu && folder == null) {
      throw new ParameterException(
          spec.commandLine(), "--triton-gpu: expected --triton DIR too, found none");
    }
    if (folder != null) {
      OutputFile.requireNotInput(folder, inputs);
    }
  }

  /**
   * Writes the repository, if one is wanted.
   *
   * @param bundle after which its models are named
   */
  void write(Report report, Compression compressed, Path bundle) {
    if (folder == null) {
      return;
    }
    String name = String.valueOf(bundle.toAbsolutePath().getFileName()).replaceAll("\\.zip$", "");
    Optional<TritonRepository.Gpu> plans =
        gpu
            ? Optional.of(new TritonRepository.Gpu(OperatorLibrary.plugins(), rows, seconds))
            : Optional.empty();
    TritonRepository.Place place =
        new TritonRepository.Place(name, OperatorLibrary.path(), root, plans);
    List<String> models =
        TritonRepository.write(
            compressed.imported().model(), compressed.quantised(), place, folder);
    report.data("Triton models: %s", String.join(", ", models));
  }
}
