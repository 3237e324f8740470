package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.runtime.VocoderOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code wavebridge serve}. The command line looks at the types of all methods here whatever the
 * command is; so none is of the server, whose classes only {@link ServeRun} loads.
 */
@Command(
    name = "serve",
    description = {
      "Serves bundles on one port: /v1/vocode, the Open Inference Protocol (REST and gRPC), WebSocket, metrics, and a page to listen at.",
      "Runs until it is told to end (SIGTERM, Ctrl-C); live streams then have --drain seconds."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  wavebridge serve --demo",
      "  wavebridge serve voice",
      "  wavebridge serve voice other.zip --port 9000 --precision int8",
      "  wavebridge serve models --host 0.0.0.0 --tls-cert server.pem --tls-key server.key --token-file token",
      "  curl -X POST -T hello.npy localhost:8080/v1/vocode?seed=7 -o hello.wav"
    })
final class ServeCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "BUNDLE",
      arity = "0..*",
      description =
          "Bundles, folders of numbered bundles (the versions of a model), or folders of either. A model has the name of its folder.")
  List<Path> bundles = List.of();

  @Option(names = "--demo", description = "Serve the voice that ships with WaveBridge.")
  boolean demo;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description =
          "Address to listen on; 0.0.0.0 for all of this machine. Default: ${DEFAULT-VALUE}, which only this machine reaches.")
  String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "Port to listen on; 0 for any that is free. Default: ${DEFAULT-VALUE}.")
  int port = 8080;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "What runs the graphs: auto, cpu (ONNX Runtime with our operators), stock (without them), tensorrt. Default: ${DEFAULT-VALUE}.")
  String backend = "auto";

  @Option(
      names = "--precision",
      paramLabel = "P",
      split = ",",
      description =
          "Precisions to serve, such as int8,f32; requests that name none get the first. Default: all of a bundle, f32 first.")
  List<String> precisions = List.of();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "The most threads of a model, up to 1024. Default: the processors.")
  @Nullable Integer threads;

  @Option(
      names = "--streams",
      paramLabel = "N",
      defaultValue = "1000",
      description = "The most streams of a model at the same time. Default: ${DEFAULT-VALUE}.")
  int streams = 1000;

  @Option(
      names = "--tls-cert",
      paramLabel = "PEM",
      description = "Certificates, the server's first: serve HTTPS instead of clear text.")
  @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "PEM", description = "Private key of --tls-cert.")
  @Nullable Path key;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "A file with a token: requests must have the header 'Authorization: Bearer TOKEN', but for the page and the probes of health.")
  @Nullable Path tokenFile;

  @Option(
      names = "--origin",
      paramLabel = "ORIGIN",
      arity = "1..*",
      description =
          "Servers whose pages may open streams here, such as https://example.org. The server's own page always may.")
  List<String> origins = List.of();

  @Option(
      names = "--drain",
      paramLabel = "S",
      defaultValue = "30",
      description = "Seconds that live streams have when the server is to end. Default: 30.")
  int drain = 30;

  @Option(
      names = "--access-log",
      description = "Print a line of JSON for each request, to standard output.")
  boolean accessLog;

  @Option(
      names = "--otlp-endpoint",
      paramLabel = "URL",
      description =
          "Send traces of OpenTelemetry to this collector, such as http://localhost:4318. Default: what OTEL_EXPORTER_OTLP_ENDPOINT names; without it no traces.")
  @Nullable String otlpEndpoint;

  @Override
  public void run() {
    if (bundles.isEmpty() && !demo) {
      throw misuse("expected a BUNDLE, or --demo");
    }
    range("--port", port, 0, 65_535);
    range("--streams", streams, 1, 1 << 20);
    range("--drain", drain, 0, 86_400);
    if (threads != null) {
      range("--threads", threads, 1, VocoderOptions.MOST_THREADS);
    }
    if ((certificate == null) != (key == null)) {
      throw misuse("expected --tls-cert and --tls-key together");
    }
    requireServer();
    new ServeRun(this, new Report(spec)).run();
  }

  /** The server's jars lie in a folder of their own, which only the launcher knows. */
  private static void requireServer() {
    try {
      Class.forName(
          "org.wavebridge.serving.VocoderServer", false, ServeCommand.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new BackendException(
          "the server's jars are not on the class path; start it with 'wavebridge serve', or java -cp 'lib/*:lib/serve/*' org.wavebridge.cli.Main serve",
          e);
    }
  }

  private void range(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw misuse("%s: expected %d to %d, found %d".formatted(option, least, most, value));
    }
  }

  private ParameterException misuse(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
