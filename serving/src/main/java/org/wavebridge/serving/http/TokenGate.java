package org.wavebridge.serving.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;

/**
 * Lets through only requests with the server's token, and those of health and of the page itself.
 * The token is in {@code Authorization: Bearer TOKEN}; from a browser's WebSocket, which cannot set
 * headers, it is the subprotocol {@code bearer.TOKEN}.
 */
public final class TokenGate implements DecoratingHttpServiceFunction {
  /** The subprotocol of WebSocket that a browser names beside its token. */
  public static final String SUBPROTOCOL = "wavebridge";

  private static final String BEARER = "Bearer ";
  private static final String SUBPROTOCOL_BEARER = "bearer.";

  private final byte[] token;

  /** A gate for a token. */
  public TokenGate(String token) {
    this.token = token.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public HttpResponse serve(
      HttpService delegate, ServiceRequestContext context, HttpRequest request) throws Exception {
    if (isOpen(context.path()) || tokens(request).stream().anyMatch(this::isRight)) {
      return delegate.serve(context, request);
    }
    throw new Refusal(
        Kind.UNAUTHENTICATED, "expected the header 'Authorization: Bearer TOKEN' with the token");
  }

  private static boolean isOpen(String path) {
    return path.equals("/") || path.startsWith("/page/") || path.startsWith("/v2/health/");
  }

  private boolean isRight(String given) {
    return MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> tokens(HttpRequest request) {
    List<String> tokens = new ArrayList<>();
    for (String header : request.headers().getAll(HttpHeaderNames.AUTHORIZATION)) {
      if (header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
        tokens.add(header.substring(BEARER.length()).strip());
      }
    }
    for (String header : request.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)) {
      for (String protocol : header.split(",", -1)) {
        if (protocol.strip().startsWith(SUBPROTOCOL_BEARER)) {
          tokens.add(protocol.strip().substring(SUBPROTOCOL_BEARER.length()));
        }
      }
    }
    return tokens;
  }
}
