package org.wavebridge.graphs;

import org.jspecify.annotations.Nullable;

/**
 * An error that a user can act on. The message is one line and says where, what was expected, what
 * was found, and what to do.
 */
public abstract sealed class WaveBridgeException extends RuntimeException
    permits BackendException, BundleException, CheckpointException, GraphException, InputException {
  private static final long serialVersionUID = 1L;

  WaveBridgeException(String message, @Nullable Throwable cause) {
    super(PlainText.line(message), cause);
  }
}
