package org.wavebridge.runtime.service;

import org.jspecify.annotations.Nullable;

/** A stream ended before its end, or could not begin; the message is one line that says why. */
public final class StreamException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What ended a stream. */
  public enum Reason {
    /** Its features cannot be vocoded. */
    INPUT,
    /** The backend failed in a call that it was part of, or the service is broken. */
    BACKEND,
    /** Its listener threw an exception, which is the cause. */
    LISTENER,
    /** Its time was over. */
    DEADLINE,
    /** Nobody offered frames or took samples for too long. */
    IDLE,
    /** The service is closed, or takes no new streams because it will be. */
    CLOSED
  }

  private final Reason reason;

  /** A failure. */
  StreamException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What ended the stream. */
  public Reason reason() {
    return reason;
  }
}
