package org.wavebridge.graphs.files;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wavebridge.graphs.InputException;

/**
 * A file that appears under its name only when it is complete. Symbolic links are followed: what
 * they point to is replaced, the link stays. What is no regular file (a device, a FIFO, standard
 * output by one of its names) is written through and never replaced.
 */
public final class OutputFile {
  private static final int MOST_LINKS = 40;
  private static final Pattern DESCRIPTOR =
      Pattern.compile("/proc/(\\d+)/(?:task/\\d+/)?fd/(\\d{1,9})");

  private OutputFile() {}

  /** Writes the contents of a file. */
  @FunctionalInterface
  public interface Contents {
    /** Writes everything; does not close the stream. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file, replacing one that was there. Its permissions are kept.
   *
   * @throws InputException if it cannot be written; a file that was there before is unharmed
   */
  public static void write(Path target, Contents contents) {
    try {
      Path place = existingFolder(target);
      if (Files.isDirectory(place)) {
        throw new InputException(target + ": expected a file to write, found a folder");
      }
      if (isDescriptor(place) || (Files.exists(place) && !Files.isRegularFile(place))) {
        writeThrough(place, contents);
      } else {
        replace(place, contents);
      }
    } catch (IOException e) {
      throw new InputException(
          "%s: expected a writable file: %s".formatted(target, FileErrors.reason(e)), e);
    }
  }

  private static Path existingFolder(Path target) throws IOException {
    try {
      return realPlace(target);
    } catch (NoSuchFileException e) {
      throw new InputException(target + ": expected an existing folder to write to, found none", e);
    }
  }

  private static void replace(Path place, Contents contents) throws IOException {
    if (Files.exists(place) && !Files.isWritable(place)) {
      throw new AccessDeniedException(place.toString());
    }
    try (Unfinished unfinished = Unfinished.beside(place)) {
      Path file = unfinished.folder().resolve("contents");
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
        contents.writeTo(out);
      }
      unfinished.finish(() -> moveOver(file, place));
    }
  }

  /**
   * Puts a finished file in the place of another in one step; the permissions of that other stay.
   */
  public static void moveOver(Path finished, Path place) throws IOException {
    if (Files.exists(place)) {
      try {
        Files.setPosixFilePermissions(finished, Files.getPosixFilePermissions(place));
      } catch (IOException | UnsupportedOperationException e) {
        // Not every file system has permissions to keep; the contents are what was asked for.
      }
    }
    Files.move(
        finished, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void writeThrough(Path place, Contents contents) throws IOException {
    try (OutputStream out = new BufferedOutputStream(opened(place))) {
      contents.writeTo(out);
    }
  }

  /**
   * This process's own standard output and standard error go on where they are; any other
   * descriptor of a regular file is added to, as what it holds was written by somebody.
   */
  private static OutputStream opened(Path place) throws IOException {
    Matcher descriptor = DESCRIPTOR.matcher(place.toString());
    if (descriptor.matches()
        && Long.parseLong(descriptor.group(1)) == ProcessHandle.current().pid()) {
      int number = Integer.parseInt(descriptor.group(2));
      if (number == 1 || number == 2) {
        FileOutputStream out =
            new FileOutputStream(number == 1 ? FileDescriptor.out : FileDescriptor.err);
        return new UnclosedStream(out);
      }
    }
    return Files.isRegularFile(place)
        ? Files.newOutputStream(place, StandardOpenOption.APPEND)
        : Files.newOutputStream(place, StandardOpenOption.WRITE);
  }

  /** Standard output stays open for the words that follow. */
  private static final class UnclosedStream extends FilterOutputStream {
    UnclosedStream(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }

  /**
   * Where an output really goes: symbolic links are followed, also one that points to nothing yet.
   *
   * @throws IOException if the folder is not there, or the links go round in a circle
   */
  public static Path realPlace(Path target) throws IOException {
    Path place = target.toAbsolutePath();
    for (int links = 0; links < MOST_LINKS; links++) {
      Path parent = place.getParent();
      Path name = place.getFileName();
      if (parent == null || name == null || Files.isDirectory(place)) {
        return place.toRealPath();
      }
      Path real = parent.toRealPath().resolve(name);
      if (isDescriptor(real) || !Files.isSymbolicLink(real)) {
        return real;
      }
      place = real.resolveSibling(Files.readSymbolicLink(real));
    }
    throw new FileSystemLoopException(target.toString());
  }

  private static boolean isDescriptor(Path place) {
    return DESCRIPTOR.matcher(place.toString()).matches();
  }

  /**
   * Makes a folder, with those above it, unless it is there.
   *
   * @throws InputException if it cannot be made
   */
  public static void createFolder(Path folder) {
    if (Files.isDirectory(folder)) {
      return;
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InputException(
          "%s: expected a folder to write to: %s".formatted(folder, FileErrors.reason(e)), e);
    }
  }

  /** The same for one output. */
  public static void requireNotInput(Path output, Collection<Path> inputs) {
    requireNotInputs(List.of(output), inputs);
  }

  /**
   * Refuses outputs that would take the place of an input: the same file by whatever name (links,
   * hard links, relative paths), or a place inside a bundle that is read.
   *
   * @throws InputException naming both
   */
  public static void requireNotInputs(Collection<Path> outputs, Collection<Path> inputs) {
    Map<Object, Path> files = new HashMap<>();
    List<Path> bundles = new ArrayList<>();
    for (Path input : inputs) {
      // Terminals, pipes and /dev/null can be read and written at once.
      if (Files.isRegularFile(input) || Files.isDirectory(input)) {
        identity(input).ifPresent(file -> files.put(file, input));
      }
      if (Files.exists(input.resolve("bundle.json"), LinkOption.NOFOLLOW_LINKS)) {
        bundles.add(input);
      }
    }
    for (Path output : outputs) {
      Path same = identity(output).map(files::get).orElse(null);
      if (same != null) {
        throw new InputException(
            "%s: is the input %s, which would be lost; choose another place to write to"
                .formatted(output, same));
      }
      for (Path bundle : bundles) {
        if (isInside(output, bundle)) {
          throw new InputException(
              "%s: lies inside the input %s, a bundle, which holds nothing else; choose another place to write to"
                  .formatted(output, bundle));
        }
      }
    }
  }

  /** A key that is equal for two names of one file; empty where there is none. */
  private static Optional<Object> identity(Path file) {
    try {
      Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      return Optional.of(key == null ? file.toRealPath() : key);
    } catch (IOException e) {
      // What cannot be looked at cannot be written either, and that has its own message.
      return Optional.empty();
    }
  }

  private static boolean isInside(Path output, Path bundle) {
    try {
      return realPlace(output).startsWith(bundle.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }
}
