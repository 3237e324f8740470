package org.wavebridge.runtime.internal.library;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.wavebridge.graphs.bundle.Sha256;
import org.wavebridge.graphs.files.OutputFile;
import org.wavebridge.graphs.files.Unfinished;

/**
 * A file that appears whole or not at all and says itself whether it still is what was written: the
 * SHA-256 of its contents in hexadecimal and a line end, then the contents.
 */
public final class CheckedFile {
  private static final int HEADER = 65;

  private CheckedFile() {}

  /**
   * Reads a file.
   *
   * @return empty if there is none
   * @throws IOException if it cannot be read or is damaged
   */
  public static Optional<byte[]> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    byte[] all = Files.readAllBytes(file);
    if (all.length < HEADER) {
      throw new IOException("it is cut off");
    }
    byte[] contents = Arrays.copyOfRange(all, HEADER, all.length);
    if (!new String(all, 0, HEADER, StandardCharsets.ISO_8859_1).equals(header(contents))) {
      throw new IOException("it is damaged");
    }
    return Optional.of(contents);
  }

  /** Writes a file; one that was there before is replaced. */
  public static void write(Path file, byte[] contents) throws IOException {
    try (Unfinished unfinished = Unfinished.beside(file)) {
      Path part = unfinished.folder().resolve("contents");
      try (var out = Files.newOutputStream(part)) {
        out.write(header(contents).getBytes(StandardCharsets.ISO_8859_1));
        out.write(contents);
      }
      unfinished.finish(() -> OutputFile.moveOver(part, file));
    }
  }

  private static String header(byte[] contents) {
    return Sha256.of(contents) + "\n";
  }
}
