package org.wavebridge.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.graphs.files.OutputFile;
import org.wavebridge.runtime.bulk.BulkSettings;

/**
 * The folders of {@code bulk}: what is to be made, what is there, and the files that say how.
 *
 * @param in features
 * @param out waveforms
 * @param badRows the file for bad rows, where it is not the one in {@code out}
 * @param bundle that makes them
 */
record BulkFolders(Path in, Path out, Optional<Path> badRows, Path bundle) {
  private static final List<String> ENDINGS = List.of(".npy", ".npz", ".pt");

  /**
   * The files of features by their keys: their paths in the folder without the ending.
   *
   * @throws InputException if there are none, or two have the same key
   */
  SortedMap<String, Path> inputs() {
    if (!Files.isDirectory(in)) {
      throw new InputException(in + ": expected a folder of features, found none");
    }
    SortedMap<String, Path> inputs = new TreeMap<>();
    try (Stream<Path> files = Files.walk(in)) {
      for (Path file : (Iterable<Path>) files.filter(BulkFolders::isFeatures)::iterator) {
        String key = in.relativize(file).toString().replaceFirst("\\.[^.]*$", "");
        Path other = inputs.put(key, file);
        if (other != null) {
          throw new InputException(
              "%s and %s: expected one file for a key, found two that would both be written to %s; move one away"
                  .formatted(other, file, target(key)));
        }
      }
    } catch (IOException e) {
      throw new InputException(in + ": cannot be read: " + FileErrors.reason(e), e);
    }
    if (inputs.isEmpty()) {
      throw new InputException(
          "%s: expected a folder with %s files, found none"
              .formatted(in, String.join(", ", ENDINGS)));
    }
    return inputs;
  }

  private static boolean isFeatures(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith) && Files.isRegularFile(file);
  }

  Path target(String key) {
    return out.resolve(key + ".wav");
  }

  /** The file for bad rows. */
  Path bad() {
    return badRows.orElse(out.resolve(BulkSettings.BAD_ROWS));
  }

  /**
   * Refuses outputs that would be lost or mixed with others.
   *
   * @throws InputException if the output folder has files of another origin, or the file for bad
   *     rows is an input
   */
  void requireUsable(Map<String, Path> inputs) {
    List<Path> read = new ArrayList<>(inputs.values());
    read.add(bundle);
    OutputFile.requireNotInputs(List.of(bad(), out.resolve(BulkSettings.FILE)), read);
    if (!Files.exists(out) || Files.exists(out.resolve(BulkSettings.FILE))) {
      return;
    }
    try (Stream<Path> entries = Files.list(out)) {
      if (entries.findAny().isPresent()) {
        throw new InputException(
            "%s: expected an empty folder, or one that this command began, found other files; choose another"
                .formatted(out));
      }
    } catch (IOException e) {
      throw new InputException(
          "%s: expected a folder to write to: %s".formatted(out, FileErrors.reason(e)), e);
    }
  }

  /**
   * Begins the output folder, or goes on with one.
   *
   * @throws InputException if it was begun with other settings, or cannot be written
   */
  void begin(BulkSettings settings) {
    Path file = out.resolve(BulkSettings.FILE);
    OutputFile.createFolder(out);
    try {
      if (Files.exists(file)) {
        settings.requireSame(Files.readString(file), out.toString());
        return;
      }
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + FileErrors.reason(e), e);
    }
    OutputFile.write(file, to -> to.write(settings.text().getBytes(StandardCharsets.UTF_8)));
  }
}
