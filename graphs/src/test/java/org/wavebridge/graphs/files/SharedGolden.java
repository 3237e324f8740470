package org.wavebridge.graphs.files;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Trained weights and recordings of others, which are not in the repository: folders {@code lyra}
 * and {@code geneing_real} in the folder that the system property {@code wavebridge.golden} names,
 * by default {@code ../shared/golden}, as seen from the root of the repository.
 */
public final class SharedGolden {
  private static final String PROPERTY = "wavebridge.golden";
  private static final String USUAL = "../shared/golden";

  private SharedGolden() {}

  /** Whether a folder is there. */
  public static boolean has(String folder) {
    return Files.isDirectory(root().resolve(folder));
  }

  /** A file or folder in one of the folders; where that is missing, the test is skipped. */
  public static Path path(String name) {
    Path folder = root().resolve(Path.of(name).getName(0));
    assumeTrue(
        Files.isDirectory(folder),
        () ->
            "no folder %s: expected trained weights and recordings of others there, which are not in the repository; give them with -D%s=DIR, where DIR has lyra and geneing_real"
                .formatted(folder, PROPERTY));
    Path path = root().resolve(name);
    assertTrue(Files.exists(path), () -> "no " + path + ", though its folder is there");
    return path;
  }

  /** Tests run in the folder of their module. */
  private static Path root() {
    Path repository = Path.of("..").toAbsolutePath().normalize();
    return repository.resolve(System.getProperty(PROPERTY, USUAL)).normalize();
  }
}
