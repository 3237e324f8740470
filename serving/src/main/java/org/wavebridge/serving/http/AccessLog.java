package org.wavebridge.serving.http;

import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.logging.AccessLogWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.wavebridge.graphs.PlainText;

/** One line of JSON for each request, when it has ended. */
public final class AccessLog implements AccessLogWriter {
  private final Consumer<String> lines;

  /** A log that gives its lines to somebody, from several threads. */
  public AccessLog(Consumer<String> lines) {
    this.lines = lines;
  }

  @Override
  public void log(RequestLog log) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", Instant.ofEpochMilli(log.requestStartTimeMillis()).toString());
    if (log.context() instanceof ServiceRequestContext context) {
      line.put("client", String.valueOf(context.clientAddress().getHostAddress()));
    }
    line.put("protocol", log.sessionProtocol().uriText());
    line.put("method", log.requestHeaders().method().name());
    line.put("path", PlainText.of(log.requestHeaders().path()));
    line.put("status", log.responseStatus().code());
    String grpc =
        log.responseTrailers().get("grpc-status", log.responseHeaders().get("grpc-status", ""));
    if (!grpc.isEmpty()) {
      line.put("grpc_status", grpc);
    }
    line.put("request_bytes", log.requestLength());
    line.put("response_bytes", log.responseLength());
    line.put("seconds", log.totalDurationNanos() * 1e-9);
    if (log.responseCause() != null) {
      line.put("cause", PlainText.line(String.valueOf(log.responseCause().getMessage())));
    }
    lines.accept(Json.MAPPER.writeValueAsString(line));
  }
}
