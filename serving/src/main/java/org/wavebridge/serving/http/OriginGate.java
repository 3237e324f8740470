package org.wavebridge.serving.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;

/**
 * Keeps out the pages of other servers, which a browser would let open a WebSocket here. Programs
 * that are no browsers say no origin and pass.
 */
public final class OriginGate implements DecoratingHttpServiceFunction {
  private final List<String> allowed;

  /** A gate that also lets through the pages of some origins. */
  public OriginGate(List<String> allowed) {
    this.allowed = allowed.stream().map(each -> each.toLowerCase(Locale.ROOT)).toList();
  }

  @Override
  public HttpResponse serve(
      HttpService delegate, ServiceRequestContext context, HttpRequest request) throws Exception {
    @Nullable String given = request.headers().get(HttpHeaderNames.ORIGIN);
    if (given == null) {
      // The library refuses requests without one.
      HttpRequest named =
          request.withHeaders(
              request.headers().toBuilder().set(HttpHeaderNames.ORIGIN, "http://localhost"));
      context.updateRequest(named);
      return delegate.serve(context, named);
    }
    String origin = given.toLowerCase(Locale.ROOT);
    String own = String.valueOf(request.headers().authority()).toLowerCase(Locale.ROOT);
    if (!origin.endsWith("://" + own) && !allowed.contains(origin)) {
      throw new Refusal(
          Kind.FORBIDDEN,
          "Origin: pages of other servers may not open streams here; start the server with --origin");
    }
    return delegate.serve(context, request);
  }
}
