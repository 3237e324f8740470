package org.wavebridge.exporter.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.CheckpointException;

/**
 * PyTorch's container before 1.6: pickles of a magic number, the protocol version, system
 * information, the object and the list of storage keys; then for each key the number of elements
 * (int64) and the raw elements, both little-endian whatever the machine that wrote them.
 */
final class TorchLegacy {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long PROTOCOL = 1001;

  /** The bytes of the first pickle: protocol 2, LONG1 of ten bytes. */
  private static final byte[] START = {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc};

  private TorchLegacy() {}

  static boolean matches(byte[] bytes) {
    if (bytes.length < START.length) {
      return false;
    }
    for (int i = 0; i < START.length; i++) {
      if (bytes[i] != START[i]) {
        return false;
      }
    }
    return true;
  }

  static CheckpointReader.Content read(Path file, byte[] bytes, Spending spending) {
    InputStream stream = TorchPickle.stream(bytes);
    TorchPickle reader = new TorchPickle(file, spending);
    require(file, "magic number", MAGIC, reader.next(stream));
    require(file, "protocol", BigInteger.valueOf(PROTOCOL), reader.next(stream));
    reader.next(stream);
    Object object = reader.next(stream);
    if (!(reader.next(stream) instanceof List<?> keys)) {
      throw new CheckpointException(file + ": expected a list of storage keys behind the object");
    }
    try {
      for (Object key : keys) {
        if (!(key instanceof String || key instanceof Integer || key instanceof Long)) {
          throw new CheckpointException(file + ": a storage key that is neither text nor number");
        }
        fill(file, reader.storages(), key.toString(), stream, spending);
      }
    } catch (IOException e) {
      throw new CheckpointException(file + ": truncated: " + e.getMessage(), e);
    }
    return new CheckpointReader.Content("pytorch-legacy", object);
  }

  private static void require(Path file, String what, BigInteger expected, Object found) {
    if (!(found instanceof Number number) || !expected.toString().equals(number.toString())) {
      throw new CheckpointException(
          "%s: expected the %s %s, found %s"
              .formatted(file, what, expected, found instanceof Number ? found : "no number"));
    }
  }

  private static void fill(
      Path file, Map<String, Storage> storages, String key, InputStream stream, Spending spending)
      throws IOException {
    Storage storage = storages.get(key);
    if (storage == null) {
      throw new CheckpointException(
          "%s: storage %s is in the file, but no tensor refers to it".formatted(file, key));
    }
    byte[] head = stream.readNBytes(8);
    long elements =
        head.length < 8 ? -1 : ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (elements < 0 || elements > stream.available() / storage.type.bytes()) {
      throw new CheckpointException(
          "%s: storage %s claims %d elements of %d bytes, but %d bytes are left; is the file truncated?"
              .formatted(file, key, elements, storage.type.bytes(), stream.available()));
    }
    if (storage.data() != null) {
      throw new CheckpointException("%s: storage %s is in the file twice".formatted(file, key));
    }
    int length = Math.toIntExact(elements * storage.type.bytes());
    spending.store(length, "storage " + key);
    byte[] data = stream.readNBytes(length);
    storage.fill(ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN));
  }
}
