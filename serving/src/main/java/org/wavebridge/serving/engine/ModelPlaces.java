package org.wavebridge.serving.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.files.FileErrors;

/**
 * Where models lie on disk. A path is a bundle (one model, version 1), a folder of numbered bundles
 * (one model, its versions), or a folder of either (a repository). Folders are read again each
 * time, so that what was added or replaced is found.
 */
final class ModelPlaces {
  private static final Pattern VERSION = Pattern.compile("[1-9]\\d{0,17}");
  private static final Comparator<String> BY_NUMBER = Comparator.comparingLong(Long::parseLong);

  private final List<Path> paths;

  ModelPlaces(List<Path> paths) {
    this.paths = List.copyOf(paths);
  }

  /**
   * The bundles of every model, by name, then by version in ascending order.
   *
   * @throws BundleException if a path is none of the three, or two models have one name
   */
  Map<String, NavigableMap<String, Path>> find() {
    Map<String, NavigableMap<String, Path>> found = new LinkedHashMap<>();
    for (Path path : paths) {
      Map<String, NavigableMap<String, Path>> here = within(path);
      if (here.isEmpty()) {
        throw new BundleException(
            "%s: expected a bundle, a folder of numbered bundles, or a folder of such models; make a bundle with 'wavebridge export'"
                .formatted(path));
      }
      here.forEach(
          (name, versions) -> {
            if (found.put(name, versions) != null) {
              throw new BundleException(
                  "%s: a model of the name '%s' is served already; rename the folder"
                      .formatted(path, name));
            }
          });
    }
    return found;
  }

  private static Map<String, NavigableMap<String, Path>> within(Path path) {
    Map<String, NavigableMap<String, Path>> found = new TreeMap<>();
    add(found, path);
    if (found.isEmpty()) {
      children(path).forEach(child -> add(found, child));
    }
    return found;
  }

  /** Adds the model that a path is, if it is one. */
  private static void add(Map<String, NavigableMap<String, Path>> found, Path path) {
    NavigableMap<String, Path> versions = new TreeMap<>(BY_NUMBER);
    if (Bundle.isBundle(path)) {
      versions.put("1", path);
    } else {
      for (Path child : children(path)) {
        String version = name(child);
        if (VERSION.matcher(version).matches() && Bundle.isBundle(child)) {
          versions.put(version, child);
        }
      }
    }
    if (!versions.isEmpty()) {
      found.put(name(path), versions);
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.toAbsolutePath().normalize().getFileName())
        .replaceAll("\\.zip$", "");
  }

  private static List<Path> children(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return new ArrayList<>(entries.sorted().toList());
    } catch (IOException e) {
      throw new BundleException(folder + ": cannot be read: " + FileErrors.reason(e), e);
    }
  }
}
