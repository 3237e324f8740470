package org.wavebridge.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.service.ServiceOptions;
import org.wavebridge.serving.ServeOptions;
import org.wavebridge.serving.ServeOptions.Limits;
import org.wavebridge.serving.VocoderServer;
import org.wavebridge.serving.engine.ServedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wavebridge serve}. */
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
  /** Frames that wait in a stream: of some bundles all of an utterance must, more than a minute. */
  private static final int MOST_FRAMES = 8192;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "BUNDLE",
      arity = "0..*",
      description =
          "Bundles, folders of numbered bundles (the versions of a model), or folders of either. A model has the name of its folder.")
  private List<Path> bundles = List.of();

  @Option(names = "--demo", description = "Serve the voice that ships with WaveBridge.")
  private boolean demo;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description =
          "Address to listen on; 0.0.0.0 for all of this machine. Default: ${DEFAULT-VALUE}, which only this machine reaches.")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "Port to listen on; 0 for any that is free. Default: ${DEFAULT-VALUE}.")
  private int port = 8080;

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
      split = ",",
      description =
          "Precisions to serve, such as int8,f32; requests that name none get the first. Default: all of a bundle, f32 first.")
  private List<String> precisions = List.of();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "The most threads of a model, up to 1024. Default: the processors.")
  private @Nullable Integer threads;

  @Option(
      names = "--streams",
      paramLabel = "N",
      defaultValue = "1000",
      description = "The most streams of a model at the same time. Default: ${DEFAULT-VALUE}.")
  private int streams = 1000;

  @Option(
      names = "--tls-cert",
      paramLabel = "PEM",
      description = "Certificates, the server's first: serve HTTPS instead of clear text.")
  private @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "PEM", description = "Private key of --tls-cert.")
  private @Nullable Path key;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "A file with a token: requests must have the header 'Authorization: Bearer TOKEN', but for the page and the probes of health.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--origin",
      paramLabel = "ORIGIN",
      arity = "1..*",
      description =
          "Servers whose pages may open streams here, such as https://example.org. The server's own page always may.")
  private List<String> origins = List.of();

  @Option(
      names = "--drain",
      paramLabel = "S",
      defaultValue = "30",
      description = "Seconds that live streams have when the server is to end. Default: 30.")
  private int drain = 30;

  @Option(
      names = "--access-log",
      description = "Print a line of JSON for each request, to standard output.")
  private boolean accessLog;

  @Override
  public void run() {
    if (bundles.isEmpty() && !demo) {
      throw misuse("expected a BUNDLE, or --demo");
    }
    Report report = new Report(spec);
    try (DemoVoice voice = demo ? DemoVoice.make() : DemoVoice.NONE) {
      List<Path> paths = voice.with(bundles);
      paths.forEach(InputFiles::requireBundle);
      serve(paths, options(voice.examples(), report), report);
    }
  }

  private void serve(List<Path> paths, ServeOptions options, Report report) {
    EndSignal end = EndSignal.listen();
    try (VocoderServer server = VocoderServer.start(paths, options)) {
      server.models().models().forEach(model -> report.message("%s", model));
      report.message(
          "listening on %s://%s:%d/",
          options.tls().isPresent() ? "https" : "http", options.host(), server.port());
      end.await();
      report.message("ending; live streams have %d seconds", drain);
      if (!server.drain()) {
        report.message("wavebridge: warning: streams were cut off after %d seconds", drain);
      }
    }
  }

  private ServeOptions options(Map<String, Path> examples, Report report) {
    range("--port", port, 0, 65_535);
    range("--streams", streams, 1, 1 << 20);
    range("--drain", drain, 0, 86_400);
    if (threads != null) {
      range("--threads", threads, 1, VocoderOptions.MOST_THREADS);
    }
    int most = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    ServiceOptions service = ServiceOptions.defaults();
    return new ServeOptions(
        host,
        port,
        tls(),
        Optional.ofNullable(tokenFile).map(ServeCommand::token),
        origins,
        Duration.ofSeconds(drain),
        Limits.defaults(),
        new ServedModel.Opening(
            backend,
            precisions,
            most,
            service.withBounds(streams, MOST_FRAMES, service.mostAhead())),
        examples,
        accessLog ? Optional.of(line -> report.data("%s", line)) : Optional.empty());
  }

  private Optional<ServeOptions.Tls> tls() {
    if ((certificate == null) != (key == null)) {
      throw misuse("expected --tls-cert and --tls-key together");
    }
    return certificate == null || key == null
        ? Optional.empty()
        : Optional.of(new ServeOptions.Tls(certificate, key));
  }

  private static String token(Path file) {
    try {
      String token = Files.readString(file).strip();
      if (!token.matches("[\\x21-\\x7e]{16,4096}")) {
        throw new InputException(
            file + ": expected a token of 16 to 4096 visible ASCII characters, in one line");
      }
      return token;
    } catch (IOException e) {
      throw new InputException(
          file + ": expected a readable file with a token: " + FileErrors.reason(e), e);
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
