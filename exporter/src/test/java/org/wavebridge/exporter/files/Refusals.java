package org.wavebridge.exporter.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.function.Executable;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.graphs.CheckpointException;

/** Checks that a file is refused in so many words. */
public final class Refusals {
  private Refusals() {}

  /** Reading the bytes as a checkpoint fails within seconds with {@code FILE: expected}. */
  public static void refused(Path folder, byte[] bytes, String expected) {
    Path file = CheckpointFiles.write(folder.resolve("bad.pt"), bytes);
    refused(file, expected, () -> CheckpointReader.read(file));
  }

  /** An action fails within seconds with {@code FILE: expected}. */
  public static void refused(Path file, String expected, Executable action) {
    CheckpointException refused =
        assertTimeoutPreemptively(
            Duration.ofSeconds(20), () -> assertThrows(CheckpointException.class, action));
    assertEquals(file + ": " + expected, refused.getMessage());
  }
}
