package org.wavebridge.cli;

import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.VocoderOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command that runs a bundle. */
final class RunOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "What runs the graphs: auto, cpu (ONNX Runtime with our operators), stock (without them), tensorrt. Default: ${DEFAULT-VALUE}.")
  private String backend = "auto";

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = BundleManifest.F32,
      description = "Precision of the graphs. Default: ${DEFAULT-VALUE}.")
  private String precision = BundleManifest.F32;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads a graph may use, up to 1024. Default: ${DEFAULT-VALUE}.")
  private int threads = 1;

  @Option(
      names = "--factor",
      paramLabel = "B",
      description =
          "Sub-tensors that a bundle of subscale generation divides an utterance into, up to what it was trained for; fewer are slower and have less latency. Default: the bundle's.")
  private @Nullable Integer factor;

  VocoderOptions vocoder() {
    if (factor != null && factor < 1) {
      throw new ParameterException(
          spec.commandLine(), "--factor: expected at least 1, found " + factor);
    }
    if (threads < 1 || threads > VocoderOptions.MOST_THREADS) {
      throw new ParameterException(
          spec.commandLine(),
          "--threads: expected 1 to %d, found %d".formatted(VocoderOptions.MOST_THREADS, threads));
    }
    VocoderOptions options = new VocoderOptions(backend, precision, threads);
    return factor == null ? options : options.withFactor(factor);
  }
}
