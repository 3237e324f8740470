package org.wavebridge.exporter.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.CheckpointException;

/**
 * PyTorch's container since 1.6: a zip with {@code NAME/data.pkl} and a raw member {@code
 * NAME/data/KEY} for each storage.
 */
final class TorchZip {
  private static final String PICKLE = "data.pkl";
  private static final int MAXIMUM_PICKLE = 1 << 27;

  /** PyTorch stores members as they are; one who packed them again saves no more than this. */
  private static final int MAXIMUM_RATIO = 16;

  private static final int SMALL = 1 << 20;
  private static final int END = 0x06054b50;
  private static final int LARGE_END = 0x06064b50;
  private static final int LARGE_END_LOCATOR = 0x07064b50;

  /** Bytes of an entry in a zip's directory. */
  private static final int SMALLEST_ENTRY = 46;

  private final Path file;
  private final ZipFile zip;
  private final String folder;
  private final Map<String, ZipEntry> entries;
  private final Spending spending;
  private long left;

  private TorchZip(
      Path file, ZipFile zip, String folder, Map<String, ZipEntry> entries, Spending spending) {
    this.file = file;
    this.zip = zip;
    this.folder = folder;
    this.entries = entries;
    this.spending = spending;
    this.left = MAXIMUM_RATIO * file.toFile().length() + SMALL;
  }

  static boolean matches(byte[] bytes) {
    return bytes.length > 4 && bytes[0] == 'P' && bytes[1] == 'K' && bytes[2] == 3 && bytes[3] == 4;
  }

  static CheckpointReader.Content read(Path file, byte[] bytes, Spending spending) {
    requireEntries(file, bytes);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Map<String, ZipEntry> entries = new LinkedHashMap<>();
      zip.stream().forEach(entry -> entries.put(entry.getName(), entry));
      spending.values(entries.size());
      FileKind.ofZip(entries.keySet())
          .ifPresent(
              kind -> {
                throw new CheckpointException(kind.message(file));
              });
      ZipEntry pickle =
          entries.values().stream()
              .filter(entry -> entry.getName().endsWith("/" + PICKLE))
              .findFirst()
              .orElseThrow(
                  () ->
                      new CheckpointException(
                          file + ": a zip without " + PICKLE + ", so no PyTorch checkpoint"));
      String name = pickle.getName();
      String folder = name.substring(0, name.length() - PICKLE.length());
      TorchZip torch = new TorchZip(file, zip, folder, entries, spending);
      return new CheckpointReader.Content("pytorch-zip", torch.object(pickle));
    } catch (IOException e) {
      throw new CheckpointException(
          "%s: the zip is damaged or truncated (%s)".formatted(file, e.getMessage()), e);
    }
  }

  /** A large archive's end record says how many entries there are, and Java makes room for them. */
  private static void requireEntries(Path file, byte[] bytes) {
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = Math.max(0, bytes.length - (1 << 17)); at + 24 <= bytes.length; at++) {
      if (data.getInt(at) != LARGE_END_LOCATOR || data.getInt(at + 20) != END) {
        continue;
      }
      long record = data.getLong(at + 8);
      if (record >= 0 && record <= bytes.length - 56 && data.getInt((int) record) == LARGE_END) {
        long entries = data.getLong((int) record + 32);
        if (entries < 0 || entries > bytes.length / SMALLEST_ENTRY) {
          throw new CheckpointException(
              "%s: the zip claims %s entries, more than such a file holds; is it damaged?"
                  .formatted(file, Long.toUnsignedString(entries)));
        }
      }
    }
  }

  private Object object(ZipEntry pickle) throws IOException {
    TorchPickle reader = new TorchPickle(file, spending);
    Object object = reader.next(TorchPickle.stream(member(pickle, MAXIMUM_PICKLE)));
    ByteOrder order = byteOrder();
    // What only an optimiser refers to is not read.
    Set<Storage> needed = StateDict.storages(object);
    for (Storage storage : reader.storages().values()) {
      if (!needed.contains(storage)) {
        continue;
      }
      ZipEntry entry = entry("data/" + storage.key);
      if (entry == null) {
        throw new CheckpointException(
            "%s: no member %sdata/%s, which the pickle refers to"
                .formatted(file, StateDict.shortened(folder), StateDict.shortened(storage.key)));
      }
      storage.fill(ByteBuffer.wrap(member(entry, Integer.MAX_VALUE - 16)).order(order));
    }
    return object;
  }

  private ByteOrder byteOrder() throws IOException {
    ZipEntry entry = entry("byteorder");
    String order =
        entry == null ? "little" : new String(member(entry, 64), StandardCharsets.US_ASCII).trim();
    return switch (order) {
      case "little" -> ByteOrder.LITTLE_ENDIAN;
      case "big" -> ByteOrder.BIG_ENDIAN;
      default ->
          throw new CheckpointException(
              "%s: byte order '%s', expected 'little' or 'big'".formatted(file, order));
    };
  }

  private @Nullable ZipEntry entry(String name) {
    return entries.get(folder + name);
  }

  /** The bytes of a member. All members together may not be much larger than the file. */
  private byte[] member(ZipEntry entry, int limit) throws IOException {
    long size = entry.getSize();
    if (size < 0 || size > limit || size > left) {
      throw new CheckpointException(
          "%s: member %s claims %d bytes, more than such a file holds; is it damaged?"
              .formatted(file, StateDict.shortened(entry.getName()), size));
    }
    left -= size;
    spending.store(size, "member " + StateDict.shortened(entry.getName()));
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes((int) size);
      CRC32 crc = new CRC32();
      crc.update(bytes);
      if (bytes.length != size || (entry.getCrc() != -1 && entry.getCrc() != crc.getValue())) {
        throw new CheckpointException(
            "%s: member %s is damaged (checksum or length differs)"
                .formatted(file, StateDict.shortened(entry.getName())));
      }
      return bytes;
    }
  }
}
