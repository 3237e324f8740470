package org.wavebridge.runtime.internal.tensorrt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.graphs.bundle.Sha256;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.runtime.internal.library.CheckedFile;
import org.wavebridge.runtime.internal.library.LibraryCache;

/**
 * Built engines and the builder's timings, kept from one run to the next. Both hold for one version
 * of TensorRT on one GPU architecture; an engine also for one graph, one range of sizes and one
 * build of the plugins. Nothing here is needed: what is damaged or cannot be written is logged and
 * made again.
 */
final class PlanCache {
  /** System property: the folder, in place of {@code wavebridge/tensorrt} in the user's cache. */
  static final String FOLDER_PROPERTY = "wavebridge.tensorrt.cache";

  private static final Logger LOG = LoggerFactory.getLogger(PlanCache.class);

  private final Path folder;
  private final String machine;

  /**
   * A cache.
   *
   * @param folder made when something is written
   * @param version of TensorRT, such as 10.15.1
   * @param architecture of the GPU: 90 for compute capability 9.0
   */
  PlanCache(Path folder, String version, int architecture) {
    this.folder = folder;
    this.machine = "%s-sm%d".formatted(version, architecture);
  }

  /** The folder that the system property or the user's environment names. */
  static Path defaultFolder() {
    String given = System.getProperty(FOLDER_PROPERTY);
    if (given != null) {
      return Path.of(given);
    }
    return LibraryCache.userFolder()
        .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"), "wavebridge"))
        .resolve("tensorrt");
  }

  /**
   * The name of an engine.
   *
   * @param model as it is parsed
   * @param range of sizes
   * @param plugins SHA-256 of the plugin library
   */
  static String key(byte[] model, SizeRange range, String plugins) {
    String all = Sha256.of(model) + " " + range + " " + plugins;
    return Sha256.of(all.getBytes(StandardCharsets.UTF_8));
  }

  /** The engine of a name, if it is there and whole. */
  Optional<byte[]> plan(String key) {
    return read(planFile(key));
  }

  /** Keeps an engine. */
  void keepPlan(String key, byte[] plan) {
    write(planFile(key), plan);
  }

  /** Takes away an engine that TensorRT does not accept. */
  void dropPlan(String key) {
    LOG.warn("{}: TensorRT does not accept it; the engine is built again", planFile(key));
    delete(planFile(key));
  }

  /** The builder's timings. */
  Optional<byte[]> timings() {
    return read(timingFile());
  }

  /** Keeps the builder's timings. */
  void keepTimings(byte[] timings) {
    write(timingFile(), timings);
  }

  private Path planFile(String key) {
    return folder.resolve(machine + "-" + key + ".plan");
  }

  private Path timingFile() {
    return folder.resolve(machine + ".timings");
  }

  private static Optional<byte[]> read(Path file) {
    try {
      return CheckedFile.read(file);
    } catch (IOException e) {
      LOG.warn("{}: {}; it is made again", file, FileErrors.reason(e));
      delete(file);
      return Optional.empty();
    }
  }

  private void write(Path file, byte[] contents) {
    try {
      Files.createDirectories(folder);
      CheckedFile.write(file, contents);
    } catch (IOException e) {
      LOG.warn(
          "{}: cannot be written, so it is made again next time: {}", file, FileErrors.reason(e));
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("{}: cannot be removed: {}", file, FileErrors.reason(e));
    }
  }
}
