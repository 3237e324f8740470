package org.wavebridge.cli;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
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

  /**
   * The cause that decides the exit code: memory that ran out anywhere below it, else what went
   * wrong in another thread, else the error itself.
   */
  static Throwable reason(Throwable error) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof OutOfMemoryError) {
        return each;
      }
    }
    Throwable reason = error;
    while ((reason instanceof ExecutionException || reason instanceof CompletionException)
        && reason.getCause() != null) {
      reason = reason.getCause();
    }
    return reason;
  }

  /** The code of an error; one that is not ours is a failure of the program itself. */
  static int of(Throwable error) {
    if (error instanceof BackendException || error instanceof OutOfMemoryError) {
      return MISSING;
    }
    return error instanceof WaveBridgeException ? BAD_INPUT : CHECK_FAILED;
  }
}
