package org.wavebridge.exporter.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.bundle.Sha256;

/**
 * The weights blob of LPCNet since 2023: records one after the other, each a head of 64 bytes with
 * {@code DNNw}, a version, a type, two sizes and a name, then its values. Quantised weights are
 * int8, or f32 in builds without integer products: as many bytes tell which.
 */
final class WeightsBlob {
  private static final byte[] MAGIC = {'D', 'N', 'N', 'w'};
  private static final int HEAD = 64;
  private static final int NAME_AT = 20;
  private static final int FLOATS = 0;
  private static final int INTEGERS = 1;
  private static final int QUANTISED = 2;
  private static final int BLOCK = 32;
  private static final String INDICES = "_idx";

  private final Path file;
  private final ByteBuffer bytes;
  private final FlatArrays arrays;

  private WeightsBlob(Path file, byte[] bytes, Spending spending) {
    this.file = file;
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.arrays = new FlatArrays(file, spending);
  }

  static boolean matches(byte[] head) {
    return head.length >= HEAD
        && ByteBuffer.wrap(head, 0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
  }

  static Checkpoint read(Path file, byte[] bytes, Spending spending) {
    WeightsBlob blob = new WeightsBlob(file, bytes, spending);
    for (int at = 0; at < bytes.length; ) {
      at = blob.record(at);
    }
    return blob.arrays.checkpoint("LPCNet weights blob", Sha256.of(bytes), Map.of());
  }

  /** Reads the record at a place; where the next one begins. */
  private int record(int at) {
    if (bytes.limit() - at < HEAD
        || !bytes.slice(at, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
      throw new CheckpointException(
          "%s: expected a record 'DNNw' at byte %d, found none; is the file complete?"
              .formatted(file, at));
    }
    int type = bytes.getInt(at + 8);
    int size = bytes.getInt(at + 12);
    int block = bytes.getInt(at + 16);
    String name = name(at + NAME_AT);
    if (size < 0 || block < size || block > bytes.limit() - at - HEAD) {
      throw new CheckpointException(
          "%s: array '%s': expected %d bytes in a block of %d, found %d up to the end of the file"
              .formatted(file, name, size, block, bytes.limit() - at - HEAD));
    }
    ByteBuffer values = bytes.slice(at + HEAD, size);
    arrays.put(name, type(type, name, size), values);
    return at + HEAD + block;
  }

  private ElementType type(int type, String name, int size) {
    return switch (type) {
      case FLOATS -> ElementType.F32;
      case INTEGERS -> ElementType.I32;
      case QUANTISED -> quantised(name, size);
      default ->
          throw new CheckpointException(
              "%s: array '%s': expected type 0, 1 or 2, found %d".formatted(file, name, type));
    };
  }

  /** The blocks are counted by the indices, which follow the weights. */
  private ElementType quantised(String name, int size) {
    long blocks = blocks(name + INDICES);
    return blocks > 0 && size == Float.BYTES * BLOCK * blocks ? ElementType.F32 : ElementType.I8;
  }

  /** Blocks by an array of indices: for each group of outputs their count, then their inputs. */
  private long blocks(String name) {
    for (int at = 0; bytes.limit() - at >= HEAD; ) {
      int size = bytes.getInt(at + 12);
      int block = bytes.getInt(at + 16);
      if (block < 0 || block < size || block > bytes.limit() - at - HEAD) {
        return 0;
      }
      if (name(at + NAME_AT).equals(name)) {
        long blocks = 0;
        for (int i = 0; i < size / Integer.BYTES; ) {
          int count = bytes.getInt(at + HEAD + Integer.BYTES * i);
          if (count < 0) {
            return 0;
          }
          blocks += count;
          i += count + 1;
        }
        return blocks;
      }
      at += HEAD + block;
    }
    return 0;
  }

  private String name(int at) {
    int end = at;
    while (end < at + HEAD - NAME_AT && bytes.get(end) != 0) {
      end++;
    }
    return StandardCharsets.ISO_8859_1.decode(bytes.slice(at, end - at)).toString();
  }
}
