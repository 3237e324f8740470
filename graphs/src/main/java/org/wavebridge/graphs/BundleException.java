package org.wavebridge.graphs;

import org.jspecify.annotations.Nullable;

/** A bundle cannot be read or written; the message starts with the file. */
public final class BundleException extends WaveBridgeException {
  private static final long serialVersionUID = 1L;

  /** An error without an underlying one. */
  public BundleException(String message) {
    this(message, null);
  }

  /** An error caused by another. */
  public BundleException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
