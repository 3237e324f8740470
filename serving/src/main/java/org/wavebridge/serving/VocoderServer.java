package org.wavebridge.serving;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.serving.engine.ModelRepository;
import org.wavebridge.serving.http.HttpErrors;
import org.wavebridge.serving.http.VocodeHandler;

/** A server of bundles: everything on one port. */
public final class VocoderServer implements AutoCloseable {
  private final ModelRepository models;
  private final Server server;
  private final ServeOptions options;

  private VocoderServer(ModelRepository models, Server server, ServeOptions options) {
    this.models = models;
    this.server = server;
    this.options = options;
  }

  /**
   * Loads models and serves them.
   *
   * @param paths bundles, folders of numbered bundles, folders of either
   * @throws org.wavebridge.graphs.WaveBridgeException if a model cannot be loaded, or the server
   *     not be started, such as where another program has the port
   */
  public static VocoderServer start(List<Path> paths, ServeOptions options) {
    System.setProperty("com.linecorp.armeria.transportType", "nio");
    System.setProperty("com.linecorp.armeria.useOpenSsl", "false");
    ModelRepository models = ModelRepository.open(paths, options.opening());
    boolean started = false;
    try {
      VocoderServer server = new VocoderServer(models, server(models, options), options);
      server.server.start().join();
      started = true;
      return server;
    } catch (CompletionException e) {
      throw new BackendException(
          "cannot listen on %s port %d: %s; choose another with --port"
              .formatted(options.host(), options.port(), reason(e)),
          e);
    } finally {
      if (!started) {
        models.close();
      }
    }
  }

  private static String reason(Throwable error) {
    Throwable reason = error;
    while (reason.getCause() != null) {
      reason = reason.getCause();
    }
    return String.valueOf(reason.getMessage());
  }

  private static Server server(ModelRepository models, ServeOptions options) {
    ServeOptions.Limits limits = options.limits();
    ServerBuilder builder =
        Server.builder()
            .port(
                address(options),
                options.tls().isPresent() ? SessionProtocol.HTTPS : SessionProtocol.HTTP)
            .requestTimeout(limits.request())
            .maxRequestLength(limits.bodyBytes())
            .maxNumConnections(limits.connections())
            .http2MaxStreamsPerConnection(limits.streamsPerConnection())
            .idleTimeout(limits.idle())
            .gracefulShutdownTimeout(Duration.ZERO, Duration.ofSeconds(1))
            .errorHandler(new HttpErrors());
    builder.route().post("/v1/vocode").build(new VocodeHandler(models));
    return builder.build();
  }

  private static InetSocketAddress address(ServeOptions options) {
    try {
      return new InetSocketAddress(InetAddress.getByName(options.host()), options.port());
    } catch (UnknownHostException e) {
      throw new InputException(
          "--host: expected an address of this machine, found '%s'".formatted(options.host()), e);
    }
  }

  /** The port that it listens on. */
  public int port() {
    ServerPort port = server.activePort();
    if (port == null) {
      throw new IllegalStateException("the server is closed");
    }
    return port.localAddress().getPort();
  }

  /** The models that it serves. */
  public ModelRepository models() {
    return models;
  }

  /**
   * Takes no new streams and waits until the live ones have ended, or the time for that is over;
   * then closes.
   *
   * @return whether all have ended
   */
  public boolean drain() {
    boolean ended = models.drain(options.drain());
    close();
    return ended;
  }

  /** Ends all streams and everything else. */
  @Override
  public void close() {
    models.close();
    server.stop().join();
  }
}
