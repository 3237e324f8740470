package org.wavebridge.cli;

import java.nio.file.Path;
import org.wavebridge.graphs.InputException;

/** Messages about input files start with the file, also where only the command knows it. */
final class InputFiles {
  private InputFiles() {}

  /** The same error, its message starting with the file. */
  static InputException named(Path file, InputException error) {
    String message = String.valueOf(error.getMessage());
    return message.startsWith(file.toString())
        ? error
        : new InputException(file + ": " + message, error);
  }
}
