package org.wavebridge.graphs.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A folder of ours for what is not yet in its place. It is removed when it is closed and when the
 * JVM ends, by a signal too. While it is in use its lock file is locked, so that the next run that
 * writes to the same place can tell what a killed one left behind, and clears it.
 */
public final class Unfinished implements AutoCloseable {
  /** The locked file inside; made first and removed last. */
  static final String LOCK = ".lock";

  private static final int LONGEST_NAME = 64;
  private static final int TRIES = 100;

  /** Those in use in this JVM. Guarded by itself, as is {@link #ended}. */
  private static final Set<Unfinished> LIVE = new HashSet<>();

  private static boolean ended;
  private static boolean hooked;

  private final Path folder;
  private final FileChannel lock;
  private boolean closed;

  private Unfinished(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** Any step that puts what is finished in its place. */
  @FunctionalInterface
  public interface Step {
    /** Takes the step. */
    void take() throws IOException;
  }

  /**
   * A folder beside the place that something will take, on the same file system.
   *
   * @param place real: links have been followed
   */
  public static Unfinished beside(Path place) throws IOException {
    Path parent = place.toAbsolutePath().getParent();
    return create(parent == null ? place : parent, StaleFiles.besides(name(place)));
  }

  /** A folder inside the folder whose contents will be replaced, on the same file system. */
  public static Unfinished inside(Path place) throws IOException {
    StaleFiles kind = StaleFiles.besides(name(place));
    Path parent = place.toAbsolutePath().getParent();
    if (parent != null) {
      kind.clear(parent);
    }
    return create(place, kind);
  }

  /**
   * A folder in the temporary folder, for this user only.
   *
   * @param purpose a word of small letters
   */
  public static Unfinished temporary(String purpose) throws IOException {
    Path parent = Path.of(System.getProperty("java.io.tmpdir"));
    return create(parent, StaleFiles.temporaries(purpose));
  }

  /** The folder; the caller's to fill. */
  public Path folder() {
    return folder;
  }

  /**
   * Takes the steps that put what is finished in its place, as a whole: the end of the JVM waits.
   *
   * @throws IOException if a step fails, or the JVM is about to end and has removed the folder
   */
  public synchronized void finish(Step step) throws IOException {
    if (closed) {
      throw new IOException("interrupted, the program is ending");
    }
    step.take();
  }

  /** Removes the folder with what is still in it. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    StaleFiles.delete(folder);
    try {
      lock.close();
    } catch (IOException e) {
      // The process's end lets go of it.
    }
    synchronized (LIVE) {
      LIVE.remove(this);
    }
  }

  /** A name that fits into a file system's, whatever is put around it. */
  private static String name(Path place) {
    String name = String.valueOf(place.getFileName());
    return name.length() <= LONGEST_NAME
        ? name
        : UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private static Unfinished create(Path parent, StaleFiles kind) throws IOException {
    kind.clear(parent);
    synchronized (LIVE) {
      hook();
      for (int i = 0; i < TRIES && !ended; i++) {
        Path folder = parent.resolve(kind.newName());
        Files.createDirectory(folder, kind.isPrivate() ? onlyForUser() : new FileAttribute<?>[0]);
        FileChannel lock = lock(folder.resolve(LOCK));
        if (lock != null) {
          Unfinished unfinished = new Unfinished(folder, lock);
          LIVE.add(unfinished);
          return unfinished;
        }
      }
    }
    throw new IOException("interrupted, the program is ending");
  }

  /** Whether a folder is in use in this JVM: to try its lock would take the lock away from it. */
  static boolean isLive(Path folder) {
    synchronized (LIVE) {
      return LIVE.stream().anyMatch(each -> each.folder.equals(folder));
    }
  }

  /** Null where another run took the new folder for a left-over. */
  private static @Nullable FileChannel lock(Path file) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      return null;
    }
    try {
      FileLock lock = channel.tryLock();
      if (lock != null && Files.exists(file)) {
        return channel;
      }
    } catch (IOException e) {
      // A file system without locks: nobody else can take this for a left-over either.
      return channel;
    }
    channel.close();
    return null;
  }

  private static FileAttribute<?>[] onlyForUser() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  private static void hook() {
    if (hooked) {
      return;
    }
    hooked = true;
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(Unfinished::end, "wavebridge-unfinished"));
    } catch (IllegalStateException e) {
      ended = true;
    }
  }

  /** Other threads may still be writing: what they add is removed until the folder is gone. */
  private static void end() {
    List<Unfinished> left;
    synchronized (LIVE) {
      ended = true;
      left = List.copyOf(LIVE);
    }
    left.forEach(Unfinished::close);
  }
}
