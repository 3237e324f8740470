package org.wavebridge.serving;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.wavebridge.serving.engine.ServedModel.Opening;
import org.wavebridge.serving.trace.TraceOptions;

/**
 * How a server runs.
 *
 * @param host address to listen on
 * @param port to listen on; 0 for any that is free
 * @param tls certificate and key, or empty for clear text
 * @param token that every request must bear, or empty
 * @param origins of pages of other servers that may use this one, such as {@code
 *     https://example.org}; its own page always may
 * @param drain time that live streams have to end after {@link VocoderServer#drain}
 * @param limits what clients may use
 * @param opening how bundles are opened
 * @param examples {@code .npy} files that the page offers, by name
 * @param accessLog is given a line of JSON for each request, from several threads; or empty
 * @param traces where traces go, or empty for none
 */
public record ServeOptions(
    String host,
    int port,
    Optional<Tls> tls,
    Optional<String> token,
    List<String> origins,
    Duration drain,
    Limits limits,
    Opening opening,
    Map<String, Path> examples,
    Optional<Consumer<String>> accessLog,
    Optional<TraceOptions> traces) {
  /** Copies the collections. */
  public ServeOptions {
    origins = List.copyOf(origins);
    examples = Map.copyOf(examples);
  }

  /**
   * A certificate and its key, PEM.
   *
   * @param certificate chain of certificates
   * @param key private key, PKCS #8
   */
  public record Tls(Path certificate, Path key) {}

  /**
   * What clients may use.
   *
   * @param bodyBytes of a request, and of a message of gRPC
   * @param messageBytes of a WebSocket message
   * @param connections at the same time
   * @param streamsPerConnection of HTTP/2 at the same time
   * @param resetsPerMinute of streams that a connection of HTTP/2 leaves in the middle; with more
   *     it is closed
   * @param request time for a request that is no stream
   * @param idle time after which a connection without requests is closed
   */
  public record Limits(
      int bodyBytes,
      int messageBytes,
      int connections,
      int streamsPerConnection,
      int resetsPerMinute,
      Duration request,
      Duration idle) {
    /**
     * 64 MiB of body, 4 MiB of message, 4,096 connections of 1,024 streams, of which 12,000 a
     * minute may be left in the middle; a minute for a request, two for an idle connection.
     */
    public static Limits defaults() {
      return new Limits(
          64 << 20, 4 << 20, 4096, 1024, 12_000, Duration.ofMinutes(1), Duration.ofMinutes(2));
    }
  }
}
