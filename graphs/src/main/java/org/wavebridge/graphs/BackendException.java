package org.wavebridge.graphs;

import org.jspecify.annotations.Nullable;

/**
 * A backend, library or device is missing on this machine; the message says what and what would
 * help.
 */
public final class BackendException extends WaveBridgeException {
  private static final long serialVersionUID = 1L;

  /** An error without an underlying one. */
  public BackendException(String message) {
    this(message, null);
  }

  /** An error caused by another. */
  public BackendException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
