package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.wavebridge.graphs.files.PackedGolden;

/** Checkpoints of the projects themselves, which the conformance module's tests keep. */
final class GoldenFile {
  private GoldenFile() {}

  /** A file or folder under {@code golden/}. */
  static Path of(String name) {
    try {
      URL golden = Objects.requireNonNull(GoldenFile.class.getResource("/golden"));
      Path file = PackedGolden.path(Path.of(golden.toURI()), name);
      assertTrue(Files.exists(file), () -> "no test resource golden/" + name);
      return file;
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
