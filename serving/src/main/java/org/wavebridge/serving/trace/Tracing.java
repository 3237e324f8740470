package org.wavebridge.serving.trace;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.wavebridge.graphs.InputException;

/**
 * A span for each request, in the trace that its {@code traceparent} names, sent by OTLP over HTTP.
 * What a request does is done within its span: the context of OpenTelemetry goes with that of the
 * request. Probes, metrics and the page have no spans.
 */
public final class Tracing implements DecoratingHttpServiceFunction, AutoCloseable {
  private static final String NAME = "wavebridge";
  private static final String PROTOCOL = "http/protobuf";

  /** Seconds that a collector has to take the last spans. */
  private static final int FLUSH_SECONDS = 2;

  private static final List<String> QUIET =
      List.of("/page/", "/docs/", "/metrics", "/v2/health/", "/grpc.health.v1.Health/");

  /** Statuses of gRPC that the server is to blame for, as OpenTelemetry has it. */
  private static final Set<String> SERVER_FAULTS = Set.of("2", "4", "12", "13", "14", "15");

  private static final TextMapGetter<RequestHeaders> HEADERS =
      (headers, name) -> headers == null ? null : headers.get(name);

  private final OpenTelemetrySdk sdk;
  private final Tracer tracer;
  private final TextMapPropagator propagator;

  private Tracing(OpenTelemetrySdk sdk) {
    this.sdk = sdk;
    this.tracer = sdk.getTracer(NAME);
    this.propagator = sdk.getPropagators().getTextMapPropagator();
  }

  /**
   * Starts to trace.
   *
   * @throws InputException if a variable of OpenTelemetry has a value that cannot be used
   */
  public static Tracing start(TraceOptions options) {
    try {
      return new Tracing(
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook()
              .addPropertiesSupplier(
                  () ->
                      Map.of(
                          "otel.service.name", NAME,
                          "otel.propagators", "tracecontext",
                          "otel.exporter.otlp.protocol", PROTOCOL))
              .addPropertiesCustomizer(given -> properties(options, given))
              .build()
              .getOpenTelemetrySdk());
    } catch (ConfigurationException e) {
      throw new InputException("OTEL_* variables: " + e.getMessage(), e);
    }
  }

  /** Only traces are sent, and where an option says so, if there is one. */
  private static Map<String, String> properties(TraceOptions options, ConfigProperties given) {
    for (String name :
        List.of("otel.exporter.otlp.protocol", "otel.exporter.otlp.traces.protocol")) {
      String protocol = given.getString(name, PROTOCOL);
      if (!protocol.equals(PROTOCOL)) {
        throw new ConfigurationException(
            "%s: expected %s, found '%s'".formatted(name, PROTOCOL, protocol));
      }
    }
    Map<String, String> changed = new HashMap<>();
    changed.put("otel.metrics.exporter", "none");
    changed.put("otel.logs.exporter", "none");
    options
        .endpoint()
        .ifPresent(
            address -> {
              changed.put("otel.exporter.otlp.traces.endpoint", address + "/v1/traces");
              changed.put("otel.traces.exporter", "otlp");
              changed.put("otel.sdk.disabled", "false");
            });
    return changed;
  }

  @Override
  public HttpResponse serve(
      HttpService delegate, ServiceRequestContext context, HttpRequest request) throws Exception {
    String path = context.path();
    if (path.equals("/") || QUIET.stream().anyMatch(path::startsWith)) {
      return delegate.serve(context, request);
    }
    Context caller = propagator.extract(Context.root(), request.headers(), HEADERS);
    Span span = span(context, request.headers(), caller);
    Context within = caller.with(span).with(StreamSpans.TRACER, tracer);
    context.hook(within::makeCurrent);
    CompletableFuture<?> unused = context.log().whenComplete().thenAccept(log -> end(span, log));
    return within.wrap(() -> delegate.serve(context, request)).call();
  }

  private Span span(ServiceRequestContext context, RequestHeaders headers, Context caller) {
    boolean grpc = isGrpc(headers);
    String method = headers.method().name();
    String route = context.config().route().patternString();
    String path = context.path();
    Span span =
        tracer
            .spanBuilder(grpc ? path.substring(1) : method + " " + route)
            .setParent(caller)
            .setSpanKind(SpanKind.SERVER)
            .setAttribute("url.scheme", context.sessionProtocol().isTls() ? "https" : "http")
            .setAttribute("url.path", path)
            .setAttribute("http.request.method", method)
            .setAttribute("client.address", context.clientAddress().getHostAddress())
            .startSpan();
    if (grpc) {
      int cut = path.lastIndexOf('/');
      span.setAttribute("rpc.system", "grpc");
      span.setAttribute("rpc.service", path.substring(1, Math.max(1, cut)));
      span.setAttribute("rpc.method", path.substring(cut + 1));
    } else {
      span.setAttribute("http.route", route);
    }
    return span;
  }

  private static boolean isGrpc(RequestHeaders headers) {
    return headers.contentType() != null && headers.contentType().subtype().startsWith("grpc");
  }

  private static void end(Span span, RequestLog log) {
    int status = log.responseStatus().code();
    String grpc =
        log.responseTrailers().get("grpc-status", log.responseHeaders().get("grpc-status", ""));
    boolean fault = status >= 500 || SERVER_FAULTS.contains(grpc);
    if (status > 0) {
      span.setAttribute("http.response.status_code", status);
    }
    if (!grpc.isEmpty()) {
      span.setAttribute("rpc.grpc.status_code", Long.parseLong(grpc));
    }
    Throwable cause = log.responseCause();
    if (cause != null) {
      span.setAttribute("error.type", cause.getClass().getName());
    }
    // A client that leaves, or asks for what it cannot have, is no error of the server.
    if (fault) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  /** Sends what is left, for a short while. */
  @Override
  public void close() {
    sdk.shutdown().join(FLUSH_SECONDS, TimeUnit.SECONDS);
  }
}
