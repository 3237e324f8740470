package org.wavebridge.serving.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;

/** Refusals as statuses of gRPC. */
public final class GrpcErrors {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcErrors.class);
  private static final Metadata.Key<String> RETRY_AFTER =
      Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private GrpcErrors() {}

  /** The status of an exception; what the server is to blame for is logged. */
  public static StatusRuntimeException status(Throwable error) {
    if (error instanceof StatusRuntimeException status) {
      return status;
    }
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    Refusal refusal = Refusal.of(cause);
    if (refusal.kind() == Kind.INTERNAL) {
      LOG.error("a call failed", error);
    }
    Metadata trailers = new Metadata();
    refusal
        .retryAfter()
        .ifPresent(
            time -> {
              trailers.put(
                  RETRY_AFTER, String.valueOf(Math.max(1, (time.toMillis() + 999) / 1000)));
              trailers.put(PUSHBACK, String.valueOf(time.toMillis()));
            });
    return status(refusal.kind()).withDescription(refusal.message()).asRuntimeException(trailers);
  }

  private static Status status(Kind kind) {
    return switch (kind) {
      case BAD_REQUEST, UNSUPPORTED, NOT_ACCEPTABLE -> Status.INVALID_ARGUMENT;
      case UNAUTHENTICATED -> Status.UNAUTHENTICATED;
      case FORBIDDEN -> Status.PERMISSION_DENIED;
      case NOT_FOUND -> Status.NOT_FOUND;
      case IDLE -> Status.ABORTED;
      case TIMEOUT -> Status.DEADLINE_EXCEEDED;
      case TOO_LARGE, OVERLOADED -> Status.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> Status.UNAVAILABLE;
      case INTERNAL -> Status.INTERNAL;
    };
  }
}
