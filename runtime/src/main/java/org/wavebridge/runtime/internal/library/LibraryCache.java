package org.wavebridge.runtime.internal.library;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.graphs.BackendException;

/**
 * Finds a place from which native libraries can be loaded: the folder that the user names, the
 * user's cache, the temporary folder. One that cannot be written or is mounted {@code noexec} is
 * met by the next.
 */
public final class LibraryCache {
  /** System property: a folder for unpacked libraries, or one that has them. */
  public static final String FOLDER_PROPERTY = "wavebridge.native.dir";

  /** The environment variable for the folder. */
  public static final String FOLDER_VARIABLE = "WAVEBRIDGE_NATIVE_DIR";

  private static final Logger LOG = LoggerFactory.getLogger(LibraryCache.class);

  private static @Nullable LibraryPlace temporary;

  private LibraryCache() {}

  /** A place, made when it is needed. */
  private interface Place {
    List<Path> files(List<PackedFile> packed) throws IOException;
  }

  /** The user's folder for what can be made again; empty if this machine does not say. */
  public static Optional<Path> userFolder() {
    String user = System.getenv("XDG_CACHE_HOME");
    // The specification has relative paths ignored; "?" stands for a user without a home.
    Path caches =
        user != null && user.startsWith("/")
            ? Path.of(user)
            : Path.of(System.getProperty("user.home", "?"), ".cache");
    return caches.isAbsolute() ? Optional.of(caches.resolve("wavebridge")) : Optional.empty();
  }

  /**
   * Unpacks libraries to the first place from which they can be loaded.
   *
   * @param packed to lie in one folder
   * @param loading given the files, in the same order; may throw {@link UnsatisfiedLinkError}
   * @return the files
   * @throws BackendException if there is no such place
   */
  public static synchronized List<Path> use(List<PackedFile> packed, Consumer<List<Path>> loading) {
    Map<String, String> failures = new LinkedHashMap<>();
    for (Map.Entry<String, Place> place : places().entrySet()) {
      try {
        List<Path> files = place.getValue().files(packed);
        loading.accept(files);
        return files;
      } catch (IOException | UnsatisfiedLinkError e) {
        String reason = reason(e, place.getKey());
        LOG.info("{} not loaded from {}: {}", packed.get(0).name(), place.getKey(), reason);
        failures.put(place.getKey(), reason);
      }
    }
    List<String> tried = new ArrayList<>();
    failures.forEach((place, reason) -> tried.add("%s (%s)".formatted(place, reason)));
    throw new BackendException(
        "%s cannot be loaded from %s; name a folder from which programs may run with -D%s or %s"
            .formatted(
                packed.get(0).name(), String.join(", ", tried), FOLDER_PROPERTY, FOLDER_VARIABLE));
  }

  private static Map<String, Place> places() {
    Map<String, Place> places = new LinkedHashMap<>();
    String given = System.getProperty(FOLDER_PROPERTY, System.getenv(FOLDER_VARIABLE));
    if (given != null && !given.isEmpty()) {
      Path folder = Path.of(given).toAbsolutePath();
      places.put(given, packed -> installed(folder, packed));
    }
    userFolder()
        .ifPresent(
            folder ->
                places.put(folder.toString(), packed -> LibraryPlace.kept(folder).unpack(packed)));
    String folder = System.getProperty("java.io.tmpdir", "/tmp");
    places.put(folder, packed -> temporary(Path.of(folder)).unpack(packed));
    return places;
  }

  /** The libraries that lie in a folder itself, else a cache below it. */
  private static List<Path> installed(Path folder, List<PackedFile> packed) throws IOException {
    List<Path> files = new ArrayList<>();
    for (PackedFile each : packed) {
      Path file = folder.resolve(each.name());
      if (!Files.isRegularFile(file)) {
        return LibraryPlace.kept(folder).unpack(packed);
      }
      if (!each.isIn(file.toRealPath())) {
        throw new BackendException(
            "%s: expected the library of this build, found another; replace or remove it"
                .formatted(file));
      }
      files.add(file.toRealPath());
    }
    return files;
  }

  private static LibraryPlace temporary(Path parent) throws IOException {
    if (temporary == null) {
      temporary = LibraryPlace.temporary(parent);
    }
    return temporary;
  }

  private static String reason(Throwable error, String place) {
    if (error instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (error instanceof FileAlreadyExistsException) {
      return "no folder";
    }
    if (error instanceof NoSuchFileException) {
      return "no such folder";
    }
    if (error instanceof FileSystemException file && file.getReason() != null) {
      return file.getReason();
    }
    String message = String.valueOf(error.getMessage());
    return message.startsWith(place + ": ") ? message.substring(place.length() + 2) : message;
  }
}
