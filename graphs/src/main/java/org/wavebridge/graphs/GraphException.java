package org.wavebridge.graphs;

import org.jspecify.annotations.Nullable;

/** A graph cannot be built or run; the message names graph, node or tensor. */
public final class GraphException extends WaveBridgeException {
  private static final long serialVersionUID = 1L;

  /** An error without an underlying one. */
  public GraphException(String message) {
    this(message, null);
  }

  /** An error caused by another. */
  public GraphException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
