package org.wavebridge.graphs.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * The lock that one writer of a folder holds while others wait, in this JVM and in other processes.
 * The lock file is gone afterwards; that of a killed writer is taken over.
 */
public final class WriterLock implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(5);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** Those held in this JVM: a system's locks are between processes. Guarded by itself. */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path file;
  private final FileChannel channel;

  private WriterLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Waits until no other writer has the lock, for a minute at most.
   *
   * @param file the lock file, by its real path; made and removed here
   * @throws IOException if it cannot be made, or the other writer does not end
   */
  public static WriterLock take(Path file) throws IOException {
    long end = System.nanoTime() + LONGEST.toNanos();
    hold(file, end);
    try {
      while (true) {
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (isLocked(channel, end)) {
          return new WriterLock(file, channel);
        }
        channel.close();
      }
    } catch (IOException | RuntimeException e) {
      letGo(file);
      throw e;
    }
  }

  /** A writer that removes the lock file says so inside, for those who have it open already. */
  private static boolean isLocked(FileChannel channel, long end) throws IOException {
    while (!lock(channel)) {
      sleep(end);
    }
    return channel.size() == 0;
  }

  private static boolean lock(FileChannel channel) {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // Another copy of this class in the same JVM has it.
      return false;
    } catch (IOException e) {
      // A file system without locks: writers in this JVM are still kept apart.
      return true;
    }
  }

  private static void hold(Path file, long end) throws IOException {
    while (true) {
      synchronized (HELD) {
        if (HELD.add(file)) {
          return;
        }
      }
      sleep(end);
    }
  }

  private static void sleep(long end) throws IOException {
    if (System.nanoTime() - end > 0) {
      throw new IOException("another run has been writing there for a minute");
    }
    try {
      Thread.sleep(POLL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while another run writes there", e);
    }
  }

  private static void letGo(Path file) {
    synchronized (HELD) {
      HELD.remove(file);
    }
  }

  /** Removes the lock file and lets the next writer in. */
  @Override
  public void close() throws IOException {
    try {
      Files.deleteIfExists(file);
      channel.write(ByteBuffer.wrap(new byte[] {'x'}));
    } finally {
      channel.close();
      letGo(file);
    }
  }
}
