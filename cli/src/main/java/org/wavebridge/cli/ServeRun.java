package org.wavebridge.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.runtime.service.ServiceOptions;
import org.wavebridge.serving.ServeOptions;
import org.wavebridge.serving.ServeOptions.Limits;
import org.wavebridge.serving.VocoderServer;
import org.wavebridge.serving.engine.ServedModel;
import org.wavebridge.serving.trace.TraceOptions;

/** What {@code serve} does. */
final class ServeRun {
  /** Frames that wait in a stream: of some bundles all of an utterance must, more than a minute. */
  private static final int MOST_FRAMES = 8192;

  private final ServeCommand command;
  private final Report report;

  ServeRun(ServeCommand command, Report report) {
    this.command = command;
    this.report = report;
  }

  void run() {
    try (DemoVoice voice = command.demo ? DemoVoice.make() : DemoVoice.NONE) {
      List<Path> paths = voice.with(command.bundles);
      paths.forEach(InputFiles::requireBundle);
      serve(paths, options(voice.examples()));
    }
  }

  private void serve(List<Path> paths, ServeOptions options) {
    EndSignal end = EndSignal.listen();
    try (VocoderServer server = VocoderServer.start(paths, options)) {
      server.models().models().forEach(model -> report.message("%s", model));
      options
          .traces()
          .ifPresent(
              traces ->
                  report.message(
                      "traces go to %s",
                      traces.endpoint().map(URI::toString).orElse("where OTEL_* variables say")));
      report.message(
          "listening on %s://%s:%d/",
          options.tls().isPresent() ? "https" : "http", options.host(), server.port());
      end.await();
      report.message("ending; live streams have %d seconds", command.drain);
      if (!server.drain()) {
        report.message("wavebridge: warning: streams were cut off after %d seconds", command.drain);
      }
    }
  }

  private ServeOptions options(Map<String, Path> examples) {
    int threads =
        command.threads == null ? Runtime.getRuntime().availableProcessors() : command.threads;
    ServiceOptions service = ServiceOptions.defaults();
    return new ServeOptions(
        command.host,
        command.port,
        tls(),
        Optional.ofNullable(command.tokenFile).map(ServeRun::token),
        command.origins,
        Duration.ofSeconds(command.drain),
        Limits.defaults(),
        new ServedModel.Opening(
            command.backend,
            command.precisions,
            threads,
            service.withBounds(command.streams, MOST_FRAMES, service.mostAhead())),
        examples,
        command.accessLog ? Optional.of(line -> report.data("%s", line)) : Optional.empty(),
        TraceOptions.of(Optional.ofNullable(command.otlpEndpoint), System.getenv()));
  }

  private Optional<ServeOptions.Tls> tls() {
    return command.certificate == null || command.key == null
        ? Optional.empty()
        : Optional.of(new ServeOptions.Tls(command.certificate, command.key));
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
}
