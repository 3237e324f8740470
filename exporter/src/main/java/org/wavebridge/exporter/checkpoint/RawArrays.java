package org.wavebridge.exporter.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.files.FileErrors;

/**
 * A folder of {@code NAME.raw.gz}: gzip over the little-endian binary32 values of an array, without
 * header or shape (Google Lyra). Each is a tensor {@code NAME} of one axis. Fixed-point copies of
 * weights ({@code *_fixed16_weights}) are left out; other files in the folder have no meaning here.
 */
final class RawArrays {
  private static final String SUFFIX = ".raw.gz";
  private static final String FIXED_POINT = "_fixed16_weights" + SUFFIX;

  /** More than any layer of a vocoder has. */
  private static final int MOST_BYTES = 1 << 28;

  /** Trained arrays and their masks take 22 times less than when unpacked. */
  private static final int MAXIMUM_RATIO = 32;

  private static final long SMALL = 64L << 20;

  private final Spending spending;
  private long packed;
  private long unpacked;

  private RawArrays(Spending spending) {
    this.spending = spending;
  }

  /** Whether a path is a folder with such arrays. */
  static boolean matches(Path folder) {
    return Files.isDirectory(folder) && !files(folder).isEmpty();
  }

  static Checkpoint read(Path folder, Spending spending) {
    Map<String, CheckpointTensor> tensors = new LinkedHashMap<>();
    MessageDigest digest = sha256();
    List<Path> files = files(folder);
    StateDict.requireFewTensors(folder, files.size());
    RawArrays arrays = new RawArrays(spending);
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      byte[] bytes = arrays.bytes(file);
      digest.update(name.getBytes(StandardCharsets.UTF_8));
      digest.update(bytes);
      CheckpointTensor tensor = arrays.tensor(file, bytes);
      tensors.put(name.substring(0, name.length() - SUFFIX.length()), tensor);
    }
    return new Checkpoint(
        folder,
        "folder of raw arrays",
        HexFormat.of().formatHex(digest.digest()),
        "",
        tensors,
        Map.of());
  }

  /** The arrays in the order of their names. */
  private static List<Path> files(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(SUFFIX))
          .filter(file -> !file.toString().endsWith(FIXED_POINT))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new CheckpointException(folder + ": cannot be read: " + FileErrors.reason(e), e);
    }
  }

  private CheckpointTensor tensor(Path file, byte[] compressed) {
    byte[] values = unzipped(file, compressed);
    if (values.length == 0 || values.length % Float.BYTES != 0) {
      throw new CheckpointException(
          "%s: expected a multiple of 4 bytes of 32-bit floating-point values, found %d bytes"
              .formatted(file, values.length));
    }
    int count = values.length / Float.BYTES;
    Storage storage = new Storage(ElementType.F32, file.toString(), count);
    storage.fill(ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN));
    spending.show(count, String.valueOf(file.getFileName()));
    return new CheckpointTensor(storage, 0, new long[] {count}, new long[] {1});
  }

  private byte[] unzipped(Path file, byte[] compressed) {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed), 1 << 16)) {
      ByteArrayOutputStream values = new ByteArrayOutputStream();
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        take(file, read);
        values.write(buffer, 0, read);
        if (values.size() > MOST_BYTES) {
          throw new CheckpointException(
              "%s: more than %d bytes when unpacked; this is no layer of a vocoder"
                  .formatted(file, MOST_BYTES));
        }
      }
      return values.toByteArray();
    } catch (IOException e) {
      throw new CheckpointException(
          "%s: expected complete gzip data: %s; is the file truncated or damaged?"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /** All arrays together may not be much larger than the files so far. */
  private void take(Path file, int bytes) {
    unpacked += bytes;
    if (unpacked > SMALL + MAXIMUM_RATIO * packed) {
      throw new CheckpointException(
          "%s: the arrays up to here unpack to more than %d times the %d bytes of their files; these are no trained weights"
              .formatted(file, MAXIMUM_RATIO, packed));
    }
    spending.store(bytes, String.valueOf(file.getFileName()));
  }

  private byte[] bytes(Path file) {
    try {
      long size = Files.size(file);
      spending.store(size, String.valueOf(file.getFileName()));
      packed += size;
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be read: " + FileErrors.reason(e), e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
