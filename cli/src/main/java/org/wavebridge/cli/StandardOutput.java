package org.wavebridge.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.FileErrors;

/** Raw bytes for standard output. */
final class StandardOutput {
  private StandardOutput() {}

  /** Writes bytes. */
  interface Contents {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Whoever read standard output has gone, as {@code head} does; that is not worth a word. */
  static final class ClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClosedException(Throwable cause) {
      super("standard output is closed", cause);
    }
  }

  /**
   * Writes everything. Not through {@code System.out}, which keeps the reason of a failure to
   * itself.
   *
   * @throws ClosedException if whoever reads it has gone
   * @throws InputException if it does not take everything for another reason
   */
  @SuppressWarnings("resource") // The descriptor stays open: it is the process's own.
  static void write(Contents contents) {
    OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
    try {
      contents.writeTo(out);
      out.flush();
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("Broken pipe")) {
        throw new ClosedException(e);
      }
      throw new InputException("standard output: cannot be written: " + FileErrors.reason(e), e);
    }
  }
}
