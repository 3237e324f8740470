package org.wavebridge.cli;

import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.WaveBridgeException;

/** The exit codes of the command line; scripts rely on them. */
final class ExitCode {
  static final int DONE = 0;
  static final int CHECK_FAILED = 1;
  static final int WRONG_USAGE = 2;
  static final int BAD_INPUT = 3;
  static final int MISSING = 4;

  private ExitCode() {}

  /** The code of an error; one that is not ours is a failure of the program itself. */
  static int of(Throwable error) {
    if (error instanceof BackendException) {
      return MISSING;
    }
    return error instanceof WaveBridgeException ? BAD_INPUT : CHECK_FAILED;
  }
}
