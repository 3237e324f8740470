package org.wavebridge.cli;

/** A check that the user asked for did not hold; the command did its work otherwise. */
final class CheckFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CheckFailedException(String message) {
    super(message);
  }
}
