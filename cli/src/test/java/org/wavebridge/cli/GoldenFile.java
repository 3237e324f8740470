package org.wavebridge.cli;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;

/** Checkpoints of the projects themselves, which the conformance module's tests keep. */
final class GoldenFile {
  private GoldenFile() {}

  /** A file or folder under {@code golden/}. */
  static Path of(String name) {
    URL url = GoldenFile.class.getResource("/golden/" + name);
    if (url == null) {
      throw new AssertionError("no test resource golden/" + name);
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
