package org.wavebridge.graphs.bundle;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.graphs.files.Limits;

/**
 * The files of a bundle as they were at one moment: all are opened at once, and what is opened can
 * be read after another bundle took its place. None may lie outside the bundle, and together they
 * may have {@link Limits#bytes} at most.
 */
final class BundleFiles implements AutoCloseable {
  private static final int MAXIMUM_DESCRIPTION = 1 << 24;

  /** Another bundle may take the place of this one while it is opened, time and again. */
  private static final int TRIES = 200;

  /** A graph that is not there this often is missing, and not being replaced. */
  private static final int TRIES_WITHOUT_CHANGE = 5;

  private final Path bundle;
  private final BundleManifest manifest;
  private final Map<String, RandomAccessFile> graphs;
  private final @Nullable BundleZip zip;
  private boolean closed;

  private BundleFiles(
      Path bundle,
      BundleManifest manifest,
      Map<String, RandomAccessFile> graphs,
      @Nullable BundleZip zip) {
    this.bundle = bundle;
    this.manifest = manifest;
    this.graphs = graphs;
    this.zip = zip;
  }

  /** Whether a path is a folder or a file named {@code *.zip} with a description inside. */
  static boolean isBundle(Path path) {
    if (Files.isDirectory(path)) {
      return Files.exists(path.resolve(BundleManifest.FILE));
    }
    if (!Files.isRegularFile(path) || !path.toString().endsWith(".zip")) {
      return false;
    }
    try (BundleZip zip = BundleZip.open(path)) {
      return zip.has(BundleManifest.FILE);
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Opens the files of a bundle.
   *
   * @param parse reads the description
   * @throws BundleException if it is none, or a file is a link, lies elsewhere or is too large
   */
  static BundleFiles open(Path bundle, Function<byte[], BundleManifest> parse) {
    try {
      return Files.isDirectory(bundle) ? openFolder(bundle, parse) : openZip(bundle, parse);
    } catch (IOException | IllegalArgumentException e) {
      throw unreadable(bundle, e);
    }
  }

  private static BundleException unreadable(Path bundle, Exception e) {
    return new BundleException(
        bundle
            + ": expected a bundle (a folder or a zip), but it cannot be read: "
            + FileErrors.reason(e),
        e);
  }

  private static BundleFiles openZip(Path bundle, Function<byte[], BundleManifest> parse)
      throws IOException {
    BundleZip zip = BundleZip.open(bundle);
    try {
      byte[] json = zip.read(BundleManifest.FILE, MAXIMUM_DESCRIPTION);
      if (json == null) {
        throw missing(bundle, BundleManifest.FILE);
      }
      BundleManifest manifest = parse.apply(json);
      for (BundleManifest.GraphFile graph : manifest.graphs()) {
        requirePlain(bundle, graph.file());
        zip.count(graph.file());
      }
      return new BundleFiles(bundle, manifest, Map.of(), zip);
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  private static BundleFiles openFolder(Path bundle, Function<byte[], BundleManifest> parse)
      throws IOException {
    byte[] before = {};
    int missed = 0;
    for (int i = 0; i < TRIES; i++) {
      Path folder = bundle.toRealPath();
      byte[] json = description(bundle, folder);
      missed = Arrays.equals(json, before) ? missed + 1 : 0;
      before = json;
      BundleManifest manifest = parse.apply(json);
      Map<String, RandomAccessFile> graphs = new HashMap<>();
      BundleFiles files = new BundleFiles(bundle, manifest, graphs, null);
      try {
        boolean complete = openGraphs(bundle, folder, manifest, graphs);
        if ((complete || missed >= TRIES_WITHOUT_CHANGE)
            && Arrays.equals(json, description(bundle, bundle.toRealPath()))) {
          return files;
        }
      } catch (IOException | RuntimeException e) {
        files.close();
        throw e;
      }
      files.close();
      pause();
    }
    throw new IOException("it is replaced again and again while it is opened");
  }

  private static byte[] description(Path bundle, Path folder) throws IOException {
    RandomAccessFile file = opened(bundle, folder, BundleManifest.FILE);
    if (file == null) {
      throw missing(bundle, BundleManifest.FILE);
    }
    try (file) {
      return read(file, BundleManifest.FILE, MAXIMUM_DESCRIPTION);
    }
  }

  /** Whether all are there. */
  private static boolean openGraphs(
      Path bundle, Path folder, BundleManifest manifest, Map<String, RandomAccessFile> graphs)
      throws IOException {
    long left = Limits.bytes();
    boolean complete = true;
    for (BundleManifest.GraphFile graph : manifest.graphs()) {
      if (graphs.containsKey(graph.file())) {
        continue;
      }
      RandomAccessFile file = opened(bundle, folder, graph.file());
      if (file == null) {
        complete = false;
        continue;
      }
      graphs.put(graph.file(), file);
      left -= file.length();
      if (left < 0) {
        throw new IOException(
            "expected graphs of at most %d bytes together (-D%s), found more"
                .formatted(Limits.bytes(), Limits.PROPERTY));
      }
    }
    return complete;
  }

  /** Not a channel: those are closed where a thread that reads is interrupted. */
  private static @Nullable RandomAccessFile opened(Path bundle, Path folder, String name)
      throws IOException {
    requirePlain(bundle, name);
    Path file = folder.resolve(name);
    if (Files.isSymbolicLink(file)) {
      throw new BundleException(
          "%s: %s is a symbolic link; expected the file itself, as a bundle reads nothing outside"
              .formatted(bundle, name));
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    try {
      return new RandomAccessFile(file.toFile(), "r");
    } catch (FileNotFoundException e) {
      if (Files.exists(file)) {
        throw e;
      }
      return null;
    }
  }

  private static void requirePlain(Path bundle, String name) {
    if (name.isEmpty() || name.matches("\\.{1,2}|.*[/\\\\\\x00-\\x1f].*")) {
      throw new BundleException(
          "%s: expected the plain name of a file in the bundle, found '%s'"
              .formatted(bundle, name.replaceAll("\\p{Cntrl}", "?")));
    }
  }

  private static byte[] read(RandomAccessFile file, String name, long limit) throws IOException {
    long length = file.length();
    if (length > limit) {
      throw new IOException(
          "%s: expected at most %d bytes, found %d".formatted(name, limit, length));
    }
    byte[] bytes = new byte[(int) length];
    file.seek(0);
    file.readFully(bytes);
    return bytes;
  }

  private static BundleException missing(Path bundle, String name) {
    return new BundleException(
        "%s: no %s inside; is this a bundle made by 'wavebridge export'?".formatted(bundle, name));
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while it is replaced", e);
    }
  }

  BundleManifest manifest() {
    return manifest;
  }

  /**
   * The bytes of a graph that the description names.
   *
   * @throws BundleException if there is none or it cannot be read
   * @throws IllegalStateException if the bundle is closed
   */
  synchronized byte[] read(String name) {
    if (closed) {
      throw new IllegalStateException(bundle + ": the bundle is closed");
    }
    try {
      RandomAccessFile file = graphs.get(name);
      if (zip == null && file != null) {
        return read(file, name, Integer.MAX_VALUE - 16);
      }
      byte[] bytes = zip == null ? null : zip.read(name, Limits.bytes());
      if (bytes == null) {
        throw missing(bundle, name);
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw missing(bundle, name);
    } catch (IOException | IllegalArgumentException e) {
      throw unreadable(bundle, e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      for (RandomAccessFile file : graphs.values()) {
        file.close();
      }
      if (zip != null) {
        zip.close();
      }
    } catch (IOException e) {
      throw unreadable(bundle, e);
    }
  }
}
