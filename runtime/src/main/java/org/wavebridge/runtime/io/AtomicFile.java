package org.wavebridge.runtime.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.wavebridge.graphs.InputException;

/** A file that appears under its name only when it is complete. */
final class AtomicFile {
  private AtomicFile() {}

  /** Writes the contents of a file. */
  interface Contents {
    /** Writes everything; does not close the stream. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes next to the target and then moves into place.
   *
   * @throws InputException if the file cannot be written; a file that was there before is unharmed
   */
  static void write(Path target, Contents contents) {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new InputException(target + ": expected an existing folder to write to, found none");
    }
    Path temporary = folder.resolve("." + target.getFileName() + "." + System.nanoTime() + ".part");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary))) {
        contents.writeTo(out);
      }
      move(temporary, target);
    } catch (IOException e) {
      throw new InputException(target + ": expected a writable file, found: " + e, e);
    } finally {
      deleteIfPresent(temporary);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void deleteIfPresent(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // What was asked for has been done, or its own error is on the way: leave the remains.
    }
  }
}
