package org.wavebridge.conformance.targets;

/** A target does not run a graph, by design; the message says why. The case is then skipped. */
public final class DeclinedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the reason. */
  public DeclinedException(String reason) {
    super(reason);
  }
}
