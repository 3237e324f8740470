package org.wavebridge.runtime.internal.onnxruntime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.BackendException;

/**
 * The custom-operator library: carried in the jar, unpacked once per process to a private temporary
 * folder.
 */
final class NativeLibrary {
  private static @Nullable Path unpacked;

  private NativeLibrary() {}

  /** Why there is no library for this machine; empty if there is one. */
  static Optional<String> missing() {
    return NativeLibrary.class.getResource(resource()) == null
        ? Optional.of("this build has no custom-operator library for " + platform())
        : Optional.empty();
  }

  /**
   * The library as a file.
   *
   * @throws BackendException if there is none for this machine or it cannot be unpacked
   */
  static synchronized Path path() {
    if (unpacked == null) {
      unpacked = unpack();
    }
    return unpacked;
  }

  private static Path unpack() {
    try (InputStream library = NativeLibrary.class.getResourceAsStream(resource())) {
      if (library == null) {
        throw new BackendException(
            "no custom-operator library for %s in this build; use --backend stock"
                .formatted(platform()));
      }
      Path directory = Files.createTempDirectory("wavebridge-");
      Path file = directory.resolve("libwavebridge_ops.so");
      Files.copy(library, file);
      directory.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new BackendException(
          "the custom-operator library cannot be unpacked to the temporary folder: "
              + e.getMessage(),
          e);
    }
  }

  private static String resource() {
    return "/native/" + platform() + "/libwavebridge_ops.so";
  }

  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).replace(' ', '-');
    String machine =
        System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
    return system + "-" + machine;
  }
}
