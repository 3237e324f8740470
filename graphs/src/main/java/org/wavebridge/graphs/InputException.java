package org.wavebridge.graphs;

import org.jspecify.annotations.Nullable;

/** Features, audio or another input file cannot be used; the message starts with the file. */
public final class InputException extends WaveBridgeException {
  private static final long serialVersionUID = 1L;

  /** An error without an underlying one. */
  public InputException(String message) {
    this(message, null);
  }

  /** An error caused by another. */
  public InputException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
