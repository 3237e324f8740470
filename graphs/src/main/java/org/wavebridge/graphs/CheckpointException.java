package org.wavebridge.graphs;

import org.jspecify.annotations.Nullable;

/** A checkpoint cannot be read or does not fit its family; the message starts with the file. */
public final class CheckpointException extends WaveBridgeException {
  private static final long serialVersionUID = 1L;

  /** An error without an underlying one. */
  public CheckpointException(String message) {
    this(message, null);
  }

  /** An error caused by another. */
  public CheckpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
