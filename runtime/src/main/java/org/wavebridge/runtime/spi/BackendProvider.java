package org.wavebridge.runtime.spi;

import java.util.Optional;

/** Offers a backend; found through {@link java.util.ServiceLoader}. */
public interface BackendProvider {
  /** The name users choose the backend by. */
  String name();

  /** {@code auto} takes the available backend of the highest rank. */
  int rank();

  /** Why the backend cannot run on this machine, and what would help; empty if it can. */
  Optional<String> missing();

  /**
   * Makes the backend.
   *
   * @param threads threads a graph may use
   * @throws org.wavebridge.graphs.BackendException if it is not available
   */
  Backend create(int threads);
}
