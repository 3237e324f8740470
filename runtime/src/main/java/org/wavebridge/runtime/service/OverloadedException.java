package org.wavebridge.runtime.service;

import java.time.Duration;

/** A stream is not admitted now, since it would make others run dry; nothing was begun. */
public final class OverloadedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  OverloadedException(String message, Duration retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  /** When it is worth while to try again, from now; above 0. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
