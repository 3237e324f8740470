package org.wavebridge.graphs.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The remains of killed runs, of one kind: folders of {@link Unfinished}, known by their name and
 * by a lock that no process holds, and what earlier versions left, known by name and contents.
 */
final class StaleFiles {
  private static final String ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  /** The names that earlier versions gave in folders that they share with others. */
  private static final Pattern WRITTEN_BEFORE =
      Pattern.compile(
          "bundle\\.(json|zip)|[a-z_]+(-int8)?\\.onnx|checkpoint\\.pt|agent-pass\\.(npy|wav)");

  /** Earlier versions held no lock in the temporary folder; nothing of theirs runs for longer. */
  private static final Duration SURELY_OVER = Duration.ofDays(1);

  private static final int DELETE_TRIES = 2000;

  /** Channels whose lock another copy of this class holds: to close one would take it away. */
  private static final List<FileChannel> KEPT_OPEN = new CopyOnWriteArrayList<>();

  private final String prefix;
  private final Pattern names;
  private final Pattern namesBefore;
  private final boolean isPrivate;

  private StaleFiles(String prefix, String before, boolean isPrivate) {
    this.prefix = prefix;
    this.names = Pattern.compile(Pattern.quote(prefix) + ID);
    this.namesBefore = Pattern.compile(before);
    this.isPrivate = isPrivate;
  }

  /** The unfinished files of a name, beside or inside its place. */
  static StaleFiles besides(String name) {
    String quoted = Pattern.quote("." + name);
    return new StaleFiles(
        "." + name + ".partial-",
        "%s\\.partial-%s-old|%s\\.-?\\d+\\.part".formatted(quoted, ID, quoted),
        false);
  }

  /** The unfinished files in the temporary folder. */
  static StaleFiles temporaries(String purpose) {
    return new StaleFiles("wavebridge-" + purpose + "-", "wavebridge-(demo|bench)-\\d+", true);
  }

  /** A name that nothing has had before. */
  String newName() {
    return prefix + UUID.randomUUID();
  }

  /** Whether only the user may look inside. */
  boolean isPrivate() {
    return isPrivate;
  }

  /** Removes what no process holds; what cannot be removed stays. */
  void clear(Path parent) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, this::mayBeOurs)) {
      for (Path entry : entries) {
        clearEntry(entry);
      }
    } catch (IOException | DirectoryIteratorException e) {
      // The remains of an earlier run are no reason to fail.
    }
  }

  private boolean mayBeOurs(Path entry) {
    String name = entry.getFileName().toString();
    return names.matcher(name).matches() || namesBefore.matcher(name).matches();
  }

  private void clearEntry(Path entry) throws IOException {
    boolean before = namesBefore.matcher(entry.getFileName().toString()).matches();
    if (isPrivate && !isOwn(entry)) {
      return;
    }
    if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
      if (before && !isPrivate) {
        Files.deleteIfExists(entry);
      }
    } else if (Files.exists(entry.resolve(Unfinished.LOCK), LinkOption.NOFOLLOW_LINKS)) {
      clearUnlocked(entry);
    } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
      clearUnknown(entry);
    }
  }

  /**
   * A folder without a lock is of an earlier version, or another run has just made it and is about
   * to lock it. That one is empty, and goes only if it still is: its run then makes another.
   */
  private void clearUnknown(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      if (entries.findAny().isEmpty() && names.matcher(folder.getFileName().toString()).matches()) {
        Files.delete(folder);
        return;
      }
    } catch (DirectoryNotEmptyException e) {
      return;
    }
    if (isOfEarlierVersion(folder) && !Files.exists(folder.resolve(Unfinished.LOCK))) {
      delete(folder);
    }
  }

  private static void clearUnlocked(Path folder) throws IOException {
    if (Unfinished.isLive(folder)) {
      return;
    }
    FileChannel channel =
        FileChannel.open(folder.resolve(Unfinished.LOCK), StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        delete(folder);
      }
      channel.close();
    } catch (OverlappingFileLockException e) {
      KEPT_OPEN.add(channel);
    }
  }

  /**
   * Whether a folder without a lock is one that an earlier version left. A bundle that was moved
   * aside is the only one there is until another is in place.
   */
  private boolean isOfEarlierVersion(Path folder) throws IOException {
    String name = folder.getFileName().toString();
    if (name.endsWith("-old")) {
      String place = name.substring(1, name.lastIndexOf(".partial-"));
      if (!Files.exists(folder.resolveSibling(place))) {
        return false;
      }
    }
    Instant newest = Instant.now();
    if (isPrivate) {
      newest = newest.minus(SURELY_OVER);
    }
    try (Stream<Path> entries = Files.walk(folder)) {
      for (Path entry : entries.toList()) {
        boolean known =
            Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)
                || WRITTEN_BEFORE.matcher(entry.getFileName().toString()).matches();
        if (!known
            || Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS)
                .toInstant()
                .isAfter(newest)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isOwn(Path entry) throws IOException {
    return Files.getOwner(entry, LinkOption.NOFOLLOW_LINKS)
        .getName()
        .equals(System.getProperty("user.name"));
  }

  /**
   * Removes a folder, its lock last. Other threads may go on writing into it: what they add is
   * removed too, until the folder is gone and they cannot.
   */
  static void delete(Path folder) {
    Path lock = folder.resolve(Unfinished.LOCK);
    SimpleFileVisitor<Path> remover =
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes is) throws IOException {
            if (!file.equals(lock)) {
              Files.deleteIfExists(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException error) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException error)
              throws IOException {
            if (visited.equals(folder)) {
              Files.deleteIfExists(lock);
            }
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        };
    for (int i = 0; i < DELETE_TRIES && Files.exists(folder, LinkOption.NOFOLLOW_LINKS); i++) {
      try {
        Files.walkFileTree(folder, remover);
      } catch (DirectoryNotEmptyException e) {
        Thread.onSpinWait();
      } catch (IOException e) {
        // It cannot be removed; the next run tries again.
        return;
      }
    }
  }
}
