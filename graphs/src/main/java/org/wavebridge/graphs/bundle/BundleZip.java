package org.wavebridge.graphs.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.files.Limits;

/**
 * A zip with a bundle at its top, or in a folder at its top. What it may unpack to is bounded by
 * its own size, and so is what it says about itself.
 */
final class BundleZip implements AutoCloseable {
  /** Weights hardly shrink; zeros between them do. */
  private static final long MAXIMUM_RATIO = 32;

  private static final long SMALL = 1 << 24;
  private static final int END = 0x06054b50;
  private static final int LARGE_END = 0x06064b50;
  private static final int LARGE_END_LOCATOR = 0x07064b50;

  /** Bytes at the end of a zip in which its end record can lie. */
  private static final int TAIL = 1 << 17;

  /** Bytes of an entry in a zip's directory. */
  private static final int SMALLEST_ENTRY = 46;

  private static final Pattern DESCRIPTION =
      Pattern.compile("([^/\\\\]+/)?" + Pattern.quote(BundleManifest.FILE));

  private final ZipFile zip;
  private final String folder;
  private long left;

  private BundleZip(ZipFile zip, String folder, long left) {
    this.zip = zip;
    this.folder = folder;
    this.left = left;
  }

  /**
   * Opens a zip; what is replaced later can still be read.
   *
   * @throws IOException if it is none, or claims to be more than it can be
   */
  static BundleZip open(Path file) throws IOException {
    long length = requireEntries(file);
    ZipFile zip = new ZipFile(file.toFile());
    String description =
        zip.stream()
            .map(ZipEntry::getName)
            .filter(name -> DESCRIPTION.matcher(name).matches())
            .min((a, b) -> Integer.compare(a.length(), b.length()))
            .orElse(BundleManifest.FILE);
    String folder =
        zip.getEntry(BundleManifest.FILE) == null
            ? description.substring(0, description.length() - BundleManifest.FILE.length())
            : "";
    return new BundleZip(zip, folder, Math.min(Limits.bytes(), MAXIMUM_RATIO * length + SMALL));
  }

  /** A large archive's end record says how many entries there are, and Java makes room for them. */
  private static long requireEntries(Path file) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long length = in.length();
      if (length > Limits.bytes()) {
        throw tooLarge(length, Limits.bytes());
      }
      byte[] tail = new byte[(int) Math.min(length, TAIL)];
      in.seek(length - tail.length);
      in.readFully(tail);
      ByteBuffer data = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN);
      for (int at = 0; at + 24 <= tail.length; at++) {
        if (data.getInt(at) != LARGE_END_LOCATOR || data.getInt(at + 20) != END) {
          continue;
        }
        long record = data.getLong(at + 8);
        if (record < 0 || record > length - 56) {
          continue;
        }
        byte[] end = new byte[56];
        in.seek(record);
        in.readFully(end);
        ByteBuffer large = ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN);
        long entries = large.getLong(32);
        if (large.getInt(0) == LARGE_END && (entries < 0 || entries > length / SMALLEST_ENTRY)) {
          throw new IOException(
              "the zip claims %s entries, more than such a file holds"
                  .formatted(Long.toUnsignedString(entries)));
        }
      }
      return length;
    }
  }

  private static IOException tooLarge(long found, long limit) {
    return new IOException(
        "expected at most %d bytes (-D%s), found %d".formatted(limit, Limits.PROPERTY, found));
  }

  /** Every name in the zip, without the bundle's folder; names outside that folder as they are. */
  List<String> names() {
    return zip.stream()
        .map(ZipEntry::getName)
        .filter(name -> !name.equals(folder))
        .map(name -> name.startsWith(folder) ? name.substring(folder.length()) : name)
        .toList();
  }

  boolean has(String name) {
    return zip.getEntry(folder + name) != null;
  }

  /**
   * Counts a file against what the zip may unpack to.
   *
   * @throws IOException if that is exceeded
   */
  void count(String name) throws IOException {
    ZipEntry entry = zip.getEntry(folder + name);
    long size = entry == null ? 0 : entry.getSize();
    if (size < 0 || size > left) {
      throw new IOException(
          "%s claims %d bytes, more than such a zip may unpack to (%d times its own size, at most %d bytes; -D%s)"
              .formatted(name, size, MAXIMUM_RATIO, Limits.bytes(), Limits.PROPERTY));
    }
    left -= size;
  }

  /**
   * Unpacks a file.
   *
   * @return null if there is none
   * @throws IOException if it is larger than a limit, or damaged
   */
  byte @Nullable [] read(String name, long limit) throws IOException {
    ZipEntry entry = zip.getEntry(folder + name);
    if (entry == null || entry.isDirectory()) {
      return null;
    }
    long size = entry.getSize();
    if (size < 0 || size > Math.min(limit, Integer.MAX_VALUE - 16)) {
      throw new IOException("%s: expected at most %d bytes, found %d".formatted(name, limit, size));
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes((int) size);
      if (bytes.length != size || in.read() >= 0) {
        throw new IOException(
            "%s: expected %d bytes as the zip says, found %s"
                .formatted(name, size, bytes.length == size ? "more" : bytes.length));
      }
      return bytes;
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
