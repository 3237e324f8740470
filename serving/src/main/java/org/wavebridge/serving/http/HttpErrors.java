package org.wavebridge.serving.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;

/** Errors as responses: a status, and {@code {"error": "one line"}} as the body. */
public final class HttpErrors implements ServerErrorHandler {
  private static final Logger LOG = LoggerFactory.getLogger(HttpErrors.class);

  /** The response to an exception; what the server is to blame for is logged. */
  public static HttpResponse response(Throwable error) {
    Refusal refusal = refusal(error);
    if (refusal.kind() == Kind.INTERNAL) {
      LOG.error("a request failed", error);
    }
    ResponseHeadersBuilder headers = ResponseHeaders.builder(status(refusal.kind()));
    refusal
        .retryAfter()
        .ifPresent(
            time ->
                headers.set(
                    HttpHeaderNames.RETRY_AFTER,
                    String.valueOf(Math.max(1, (time.toMillis() + 999) / 1000))));
    if (refusal.kind() == Kind.UNAUTHENTICATED) {
      headers.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    headers.contentType(MediaType.JSON);
    return HttpResponse.of(headers.build(), HttpData.ofUtf8(body(refusal.message())));
  }

  private static String body(String message) {
    return Json.MAPPER.writeValueAsString(Map.of("error", message));
  }

  /** What an exception of this server or of the library means to a client. */
  static Refusal refusal(Throwable thrown) {
    Throwable error =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (error instanceof ContentTooLargeException large) {
      return tooLarge(large.maxContentLength());
    }
    if (error instanceof ClosedSessionException || error instanceof ClosedStreamException) {
      return new Refusal(Kind.BAD_REQUEST, "the client went before its request was whole");
    }
    if (error instanceof RequestTimeoutException) {
      return new Refusal(Kind.TIMEOUT, "the request took too long");
    }
    return Refusal.of(error);
  }

  private static Refusal tooLarge(long most) {
    return new Refusal(
        Kind.TOO_LARGE,
        "expected a body of at most %d bytes; send longer utterances by WebSocket or gRPC"
            .formatted(most));
  }

  private static HttpStatus status(Kind kind) {
    return switch (kind) {
      case BAD_REQUEST -> HttpStatus.BAD_REQUEST;
      case UNAUTHENTICATED -> HttpStatus.UNAUTHORIZED;
      case FORBIDDEN -> HttpStatus.FORBIDDEN;
      case NOT_FOUND -> HttpStatus.NOT_FOUND;
      case NOT_ACCEPTABLE -> HttpStatus.NOT_ACCEPTABLE;
      case IDLE -> HttpStatus.REQUEST_TIMEOUT;
      case TIMEOUT -> HttpStatus.GATEWAY_TIMEOUT;
      case TOO_LARGE -> HttpStatus.REQUEST_ENTITY_TOO_LARGE;
      case UNSUPPORTED -> HttpStatus.UNSUPPORTED_MEDIA_TYPE;
      case OVERLOADED -> HttpStatus.TOO_MANY_REQUESTS;
      case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
      case INTERNAL -> HttpStatus.INTERNAL_SERVER_ERROR;
    };
  }

  @Override
  public @Nullable HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
    // What already has a status is left to renderStatus.
    return cause instanceof HttpStatusException ? null : response(cause);
  }

  @Override
  public AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext context,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    if (status.equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE)) {
      return AggregatedHttpResponse.of(
          ResponseHeaders.builder(status).contentType(MediaType.JSON).build(),
          HttpData.ofUtf8(body(tooLarge(config.maxRequestLength()).message())));
    }
    String path = headers == null ? "" : " for " + headers.method() + " " + path(headers.path());
    return AggregatedHttpResponse.of(
        ResponseHeaders.builder(status).contentType(MediaType.JSON).build(),
        HttpData.ofUtf8(body(status.reasonPhrase() + path)));
  }

  private static String path(String path) {
    int end = path.indexOf('?');
    String plain = end < 0 ? path : path.substring(0, end);
    return plain.length() <= 80 ? plain : plain.substring(0, 80) + "...";
  }
}
