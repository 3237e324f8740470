package org.wavebridge.graphs.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.build.GraphKind;
import org.wavebridge.graphs.files.OutputFile;
import org.wavebridge.graphs.files.WriterLock;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A folder in which a bundle lies, or none yet. A bundle owns its description and its graphs, and
 * only these are ever replaced. Another bundle takes the place of the one that is there by one
 * rename of the description: graphs that differ get other names first, and the old ones go last. So
 * at every moment one of the two is there whole.
 */
final class BundleFolder {
  private static final Pattern GRAPH =
      Pattern.compile(
          Arrays.stream(GraphKind.values())
              .map(GraphKind::label)
              .collect(Collectors.joining("|", "(", ")(-int8)?(-[0-9a-f]{8,64})?\\.onnx")));

  private static final String LOCK = ".bundle.lock";
  private static final int MAXIMUM_DESCRIPTION = 1 << 24;
  private static final int NAMED_STRANGERS = 5;
  private static final int[] DIGITS = {8, 16, 32, 64};

  private final Path folder;

  /**
   * A folder.
   *
   * @param folder by its real path
   */
  BundleFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Refuses a folder that holds what is no bundle's.
   *
   * @param target the folder as the user named it
   * @throws BundleException naming what is there
   */
  void requireNoStrangers(Path target) throws IOException {
    List<String> names;
    try (Stream<Path> entries = Files.list(folder)) {
      names = entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
    boolean bundle =
        names.contains(BundleManifest.FILE) && isDescription(folder.resolve(BundleManifest.FILE));
    boolean begun = names.stream().anyMatch(this::isUnfinished);
    Set<String> own = bundle ? named(description()) : Set.of();
    List<String> strangers =
        names.stream()
            .filter(
                name ->
                    !(isUnfinished(name)
                        || name.equals(LOCK)
                        || (bundle && name.equals(BundleManifest.FILE))
                        || ((bundle || begun) && isGraph(name, own))))
            .toList();
    requireNone(target, strangers, bundle);
  }

  private boolean isGraph(String name, Set<String> own) {
    return (own.contains(name) || GRAPH.matcher(name).matches())
        && !Files.isDirectory(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  private boolean isUnfinished(String name) {
    return name.startsWith(".") && name.matches(".*\\.partial-[0-9a-f-]{36}");
  }

  /**
   * Refuses a zip that holds what is no bundle's.
   *
   * @param target as the user named it
   * @param zip the file
   */
  static void requireNoStrangers(Path target, Path zip) throws IOException {
    try (BundleZip entries = BundleZip.open(zip)) {
      byte[] json = entries.read(BundleManifest.FILE, MAXIMUM_DESCRIPTION);
      Set<String> own = json == null ? Set.of() : named(json);
      requireNone(
          target,
          entries.names().stream()
              .filter(
                  name ->
                      json == null
                          || !(name.equals(BundleManifest.FILE)
                              || own.contains(name)
                              || GRAPH.matcher(name).matches()))
              .toList(),
          json != null);
    }
  }

  private static void requireNone(Path target, List<String> strangers, boolean bundle) {
    if (strangers.isEmpty()) {
      return;
    }
    if (!bundle) {
      throw noBundle(target);
    }
    String names =
        String.join(", ", strangers.subList(0, Math.min(NAMED_STRANGERS, strangers.size())))
            .replaceAll("\\p{Cntrl}", "?");
    int more = strangers.size() - NAMED_STRANGERS;
    throw new BundleException(
        "%s: expected a bundle and nothing else, found %s%s beside it; nothing was written, choose another place or move what is not the bundle's"
            .formatted(target, names, more > 0 ? " and " + more + " more" : ""));
  }

  static BundleException noBundle(Path target) {
    return new BundleException(
        target
            + ": exists and is no bundle; nothing was written, choose another place or remove it");
  }

  /** Also a damaged one: it is replaced by exporting again. */
  private static boolean isDescription(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    byte[] bytes = bytes(file);
    return bytes.length == 0
        || new String(bytes, StandardCharsets.UTF_8).contains("\"formatVersion\"");
  }

  private byte[] description() throws IOException {
    Path file = folder.resolve(BundleManifest.FILE);
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? bytes(file) : new byte[0];
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MAXIMUM_DESCRIPTION);
    }
  }

  /** The graphs that a description names, of whatever version; only what can be a graph. */
  private static Set<String> named(byte[] description) {
    Set<String> names = new HashSet<>();
    try {
      for (JsonNode graph : Bundle.JSON.readTree(description).path("graphs")) {
        String name = graph.path("file").asString("");
        if (name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*\\.onnx")) {
          names.add(name);
        }
      }
    } catch (JacksonException e) {
      // A damaged description names none; those of the usual names are known without it.
      return Set.of();
    }
    return names;
  }

  /**
   * Puts a bundle in the place of the one that is there, if there is one.
   *
   * @param staged its graphs, on the same file system; what is not needed stays there
   * @param manifest its description, with the names that the graphs have there
   */
  @SuppressWarnings("try")
  void replace(Path staged, BundleManifest manifest) throws IOException {
    try (WriterLock lock = WriterLock.take(folder.resolve(LOCK))) {
      Set<String> before = named(description());
      removeGraphs(before, Set.of());
      List<BundleManifest.GraphFile> graphs = new ArrayList<>();
      Set<String> after = new HashSet<>();
      for (BundleManifest.GraphFile graph : manifest.graphs()) {
        BundleManifest.GraphFile placed = placed(graph);
        if (!Files.exists(folder.resolve(placed.file()), LinkOption.NOFOLLOW_LINKS)) {
          Files.move(
              staged.resolve(graph.file()),
              folder.resolve(placed.file()),
              StandardCopyOption.ATOMIC_MOVE);
        }
        graphs.add(placed);
        after.add(placed.file());
      }
      Path description = staged.resolve(BundleManifest.FILE);
      Files.writeString(description, Bundle.description(manifest.withGraphs(graphs)) + "\n");
      OutputFile.moveOver(description, folder.resolve(BundleManifest.FILE));
      removeGraphs(after, before);
    }
  }

  /** The graph under a name that is free, or that of a file with the same contents. */
  private BundleManifest.GraphFile placed(BundleManifest.GraphFile graph) throws IOException {
    if (isFree(graph.file(), graph.sha256())) {
      return graph;
    }
    String stem = graph.file().substring(0, graph.file().length() - ".onnx".length());
    for (int digits : DIGITS) {
      String name = stem + "-" + graph.sha256().substring(0, digits) + ".onnx";
      if (isFree(name, graph.sha256())) {
        return new BundleManifest.GraphFile(name, graph.kind(), graph.precision(), graph.sha256());
      }
    }
    throw new IOException("every name for " + graph.file() + " is taken");
  }

  private boolean isFree(String name, String sha256) throws IOException {
    Path file = folder.resolve(name);
    return !Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        || (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && Sha256.of(Files.readAllBytes(file)).equals(sha256));
  }

  /**
   * Removes graphs that are not to be kept.
   *
   * @param own those that the description named, beside those of our names, which a killed writer
   *     may have left
   */
  private void removeGraphs(Set<String> kept, Set<String> own) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files = entries.toList();
    }
    for (Path file : files) {
      String name = file.getFileName().toString();
      if (!kept.contains(name) && isGraph(name, own)) {
        Files.deleteIfExists(file);
      }
    }
  }
}
