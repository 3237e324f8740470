package org.wavebridge.runtime.internal.library;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A folder for unpacked libraries that only this user can read or write. What lies there may have
 * been put there by another process, so it is compared with the jar before each use.
 */
final class LibraryPlace {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<?> ONLY_MINE = PosixFilePermissions.asFileAttribute(PRIVATE);
  private static final String PART = ".part";

  /** No process takes so long to write a file; a part that is older was left by a killed one. */
  private static final Duration STALE = Duration.ofHours(1);

  private final Path folder;
  private final boolean kept;

  private LibraryPlace(Path folder, boolean kept) {
    this.folder = folder;
    this.kept = kept;
  }

  /**
   * The user's own part of a folder that may serve several users.
   *
   * @throws IOException if it cannot be made, or others may write to it
   */
  static LibraryPlace kept(Path parent) throws IOException {
    Files.createDirectories(parent, ONLY_MINE);
    Path folder = parent.toRealPath().resolve("native-" + user());
    makePrivate(folder);
    return new LibraryPlace(folder, true);
  }

  /**
   * A folder of this process, which is removed when it ends. One of a process that was killed is
   * removed by the next.
   */
  static LibraryPlace temporary(Path parent) throws IOException {
    String prefix = "wavebridge-native-";
    removeLeft(parent, prefix);
    Path folder =
        Files.createTempDirectory(parent, prefix + ProcessHandle.current().pid() + "-", ONLY_MINE);
    folder.toFile().deleteOnExit();
    return new LibraryPlace(folder.toRealPath(), false);
  }

  /**
   * Files of this content, in one folder, whole.
   *
   * @throws IOException if they cannot be written, or cannot be loaded from here
   */
  List<Path> unpack(List<PackedFile> packed) throws IOException {
    Path target = folder.resolve(packed.get(0).key());
    makePrivate(target);
    if (!kept) {
      target.toFile().deleteOnExit();
    }
    List<Path> files = new ArrayList<>();
    for (PackedFile each : packed) {
      Path file = target.resolve(each.name());
      if (!isMine(file) || !each.isIn(file)) {
        write(each, target);
      }
      requireExecutable(file);
      files.add(file);
    }
    return files;
  }

  private void write(PackedFile packed, Path folder) throws IOException {
    removeStaleParts(folder);
    Path file = folder.resolve(packed.name());
    Path part = folder.resolve("." + packed.name() + "." + UUID.randomUUID() + PART);
    try {
      Files.createFile(part, ONLY_MINE);
      requireExecutable(part);
      try (InputStream contents = packed.open();
          var out = Files.newOutputStream(part, LinkOption.NOFOLLOW_LINKS)) {
        contents.transferTo(out);
      }
      if (!packed.isIn(part)) {
        throw new IOException(packed.name() + " was not written whole");
      }
      if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(file + " is a folder");
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
    if (!kept) {
      file.toFile().deleteOnExit();
    }
  }

  /** The system's answer takes the mount into account, also for root. */
  private static void requireExecutable(Path file) throws IOException {
    if (!Files.isExecutable(file)) {
      throw new IOException("mounted noexec, so no library can be loaded from there");
    }
  }

  private static void makePrivate(Path folder) throws IOException {
    try {
      Files.createDirectory(folder, ONLY_MINE);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(folder + " is no folder", e);
      }
    }
    if (!isMine(folder)) {
      throw new IOException(
          "%s: expected a folder of this user with permissions rwx------, found %s of user %s"
              .formatted(
                  folder,
                  PosixFilePermissions.toString(
                      Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS)),
                  Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS)));
    }
  }

  private static boolean isMine(Path path) throws IOException {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(user())
        && Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS).equals(PRIVATE);
  }

  /** The number of the user whose rights this process has on files. */
  private static Integer user() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("Uid:")) {
        return Integer.parseUnsignedInt(line.strip().split("\\s+")[4]);
      }
    }
    throw new IOException("/proc/self/status: names no user");
  }

  private static void removeStaleParts(Path folder) throws IOException {
    Instant before = Instant.now().minus(STALE);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (file.toString().endsWith(PART)
            && Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                .toInstant()
                .isBefore(before)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static void removeLeft(Path parent, String prefix) throws IOException {
    try (Stream<Path> folders = Files.list(parent)) {
      for (Path folder : folders.toList()) {
        String name = folder.getFileName().toString();
        if (name.matches(prefix + "[0-9]{1,10}-[0-9]+")
            && isMine(folder)
            && ProcessHandle.of(Long.parseLong(name.split("-")[2])).isEmpty()) {
          remove(folder.toFile());
        }
      }
    }
  }

  /** Removes a folder of ours; what cannot be removed stays. */
  private static void remove(File file) {
    File[] inside = Files.isSymbolicLink(file.toPath()) ? null : file.listFiles();
    if (inside != null) {
      Stream.of(inside).forEach(LibraryPlace::remove);
    }
    file.delete();
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
