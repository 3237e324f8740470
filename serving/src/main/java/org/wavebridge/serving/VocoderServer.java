package org.wavebridge.serving;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.common.util.BlockingTaskExecutor;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerPort;
import com.linecorp.armeria.server.ServiceOptions;
import com.linecorp.armeria.server.docs.DocService;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.websocket.WebSocketService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.serving.engine.ModelRepository;
import org.wavebridge.serving.grpc.VocoderGrpcService;
import org.wavebridge.serving.http.AccessLog;
import org.wavebridge.serving.http.HttpErrors;
import org.wavebridge.serving.http.OriginGate;
import org.wavebridge.serving.http.StreamSocket;
import org.wavebridge.serving.http.TokenGate;
import org.wavebridge.serving.http.VocodeHandler;
import org.wavebridge.serving.inference.InferenceGrpcService;
import org.wavebridge.serving.inference.InferenceRest;
import org.wavebridge.serving.metrics.Metrics;
import org.wavebridge.serving.page.Page;
import org.wavebridge.serving.trace.Tracing;

/** A server of bundles: everything on one port. */
public final class VocoderServer implements AutoCloseable {
  /** Time for what is made to reach the clients, after the last stream has ended. */
  private static final Duration FLUSH = Duration.ofSeconds(2);

  /** Threads that decode requests and load models, of which as many are made as may be. */
  private static final int BLOCKING_THREADS = 32;

  private final ModelRepository models;
  private final Server server;
  private final Metrics metrics;
  private final Optional<Tracing> tracing;
  private final ServeOptions options;

  private VocoderServer(
      ModelRepository models, Metrics metrics, Optional<Tracing> tracing, ServeOptions options) {
    this.models = models;
    this.server = server(models, metrics, tracing, options);
    this.metrics = metrics;
    this.tracing = tracing;
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
    Metrics metrics = new Metrics(models);
    Optional<Tracing> tracing = Optional.empty();
    boolean started = false;
    try {
      tracing = options.traces().map(Tracing::start);
      VocoderServer server = new VocoderServer(models, metrics, tracing, options);
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
        metrics.close();
        tracing.ifPresent(Tracing::close);
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

  private static Server server(
      ModelRepository models, Metrics metrics, Optional<Tracing> tracing, ServeOptions options) {
    ServeOptions.Limits limits = options.limits();
    boolean secret = options.tls().isPresent();
    ServerBuilder builder =
        Server.builder()
            .port(address(options), secret ? SessionProtocol.HTTPS : SessionProtocol.HTTP)
            .requestTimeout(limits.request())
            .maxRequestLength(limits.bodyBytes())
            .maxNumConnections(limits.connections())
            .http2MaxStreamsPerConnection(limits.streamsPerConnection())
            .http2MaxResetFramesPerWindow(limits.resetsPerMinute(), 60)
            .idleTimeout(limits.idle())
            .gracefulShutdownTimeout(Duration.ZERO, FLUSH)
            .blockingTaskExecutor(
                BlockingTaskExecutor.builder().numThreads(BLOCKING_THREADS).build(), true)
            .meterRegistry(metrics.registry())
            // HttpErrors and GrpcErrors log what the server is to blame for.
            .unloggedExceptionsReportInterval(Duration.ZERO)
            .errorHandler(new HttpErrors());
    options.tls().ifPresent(tls -> builder.tls(keyPair(tls)));
    tracing.ifPresent(builder::decorator);
    options.token().ifPresent(token -> builder.decorator(new TokenGate(token)));
    options.accessLog().ifPresent(log -> builder.accessLogWriter(new AccessLog(log), false));
    builder.route().post("/v1/vocode").build(new VocodeHandler(models));
    builder.service(
        "/v1/stream", socket(models, options).decorate(new OriginGate(options.origins())));
    new InferenceRest(models, limits.bodyBytes()).add(builder);
    builder.service(grpc(models, limits), VocoderServer::withoutLimits);
    builder.service("/metrics", metrics.service());
    builder.serviceUnder("/docs", DocService.builder().build());
    new Page(models, options.examples()).add(builder);
    return builder.build();
  }

  private static TlsKeyPair keyPair(ServeOptions.Tls tls) {
    for (Path file : List.of(tls.certificate(), tls.key())) {
      if (!Files.isReadable(file)) {
        throw new InputException(file + ": expected a readable PEM file, found none");
      }
    }
    try {
      return TlsKeyPair.of(tls.key().toFile(), tls.certificate().toFile());
    } catch (RuntimeException e) {
      throw new InputException(
          "%s, %s: expected a private key (PKCS #8) and its certificates in PEM: %s"
              .formatted(tls.key(), tls.certificate(), reason(e)),
          e);
    }
  }

  private static WebSocketService socket(ModelRepository models, ServeOptions options) {
    return WebSocketService.builder(new StreamSocket(models))
        .maxFramePayloadLength(options.limits().messageBytes())
        .aggregateContinuation(true)
        .subprotocols(TokenGate.SUBPROTOCOL)
        .serviceOptions(
            ServiceOptions.builder().requestTimeoutMillis(0).maxRequestLength(0).build())
        .allowedOrigin(origin -> true)
        .build();
  }

  /** Calls of gRPC are as long as they are, unless the client says how long it will wait. */
  private static HttpService withoutLimits(HttpService service) {
    return service.decorate(
        (delegate, context, request) -> {
          if (!request.headers().contains("grpc-timeout")) {
            context.clearRequestTimeout();
          }
          context.setMaxRequestLength(0);
          return delegate.serve(context, request);
        });
  }

  private static GrpcService grpc(ModelRepository models, ServeOptions.Limits limits) {
    return GrpcService.builder()
        .addService(new InferenceGrpcService(models, limits.bodyBytes()))
        .addService(new VocoderGrpcService(models))
        .maxRequestMessageLength(limits.bodyBytes())
        .maxResponseMessageLength(2 * limits.bodyBytes())
        .supportedSerializationFormats(GrpcSerializationFormats.PROTO)
        .enableHealthCheckService(true)
        .useBlockingTaskExecutor(true)
        .useClientTimeoutHeader(true)
        .build();
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
    metrics.close();
    tracing.ifPresent(Tracing::close);
  }
}
