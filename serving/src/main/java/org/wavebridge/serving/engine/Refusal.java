package org.wavebridge.serving.engine;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.PlainText;
import org.wavebridge.graphs.WaveBridgeException;
import org.wavebridge.runtime.service.OverloadedException;
import org.wavebridge.runtime.service.StreamException;

/** A request is not fulfilled; the message is one line that says what to do about it. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whose fault it is, and whether to try again. */
  public enum Kind {
    /** The request cannot be understood or its features not vocoded. */
    BAD_REQUEST,
    /** Nobody who may ask for it. */
    UNAUTHENTICATED,
    /** A page of another server. */
    FORBIDDEN,
    /** There is no such model, version or path. */
    NOT_FOUND,
    /** No form of the answer that the client accepts. */
    NOT_ACCEPTABLE,
    /** The client was silent for too long. */
    IDLE,
    /** The time for the request was over. */
    TIMEOUT,
    /** The request is larger than allowed. */
    TOO_LARGE,
    /** A media type that is not understood. */
    UNSUPPORTED,
    /** The machine has no room now; see {@link Refusal#retryAfter}. */
    OVERLOADED,
    /** The server is about to end, or the model is not loaded. */
    UNAVAILABLE,
    /** The server failed. */
    INTERNAL
  }

  private final Kind kind;
  private final @Nullable Duration retryAfter;

  /** A refusal. */
  public Refusal(Kind kind, String message) {
    this(kind, message, null, null);
  }

  private Refusal(
      Kind kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    super(PlainText.line(message), cause);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  /** A refusal because of an exception; what the server is to blame for shows no details. */
  public static Refusal of(Throwable error) {
    String message = String.valueOf(error.getMessage());
    if (error instanceof Refusal refusal) {
      return refusal;
    }
    if (error instanceof OverloadedException overload) {
      return new Refusal(Kind.OVERLOADED, message, overload.retryAfter(), error);
    }
    if (error instanceof StreamException ended) {
      return new Refusal(kind(ended), message, null, error);
    }
    if (error instanceof BackendException) {
      return new Refusal(Kind.INTERNAL, message, null, error);
    }
    if (error instanceof WaveBridgeException) {
      return new Refusal(Kind.BAD_REQUEST, message, null, error);
    }
    return new Refusal(Kind.INTERNAL, "unexpected failure; see the server's log", null, error);
  }

  private static Kind kind(StreamException ended) {
    return switch (ended.reason()) {
      case INPUT -> Kind.BAD_REQUEST;
      case BACKEND, LISTENER -> Kind.INTERNAL;
      case DEADLINE -> Kind.TIMEOUT;
      case IDLE -> Kind.IDLE;
      case CLOSED -> Kind.UNAVAILABLE;
    };
  }

  /** What kind of refusal it is. */
  public Kind kind() {
    return kind;
  }

  /** The message; never null. */
  public String message() {
    return String.valueOf(getMessage());
  }

  /** When it is worth while to try again, where that is known. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
