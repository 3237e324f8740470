package org.wavebridge.exporter.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wavebridge.graphs.CheckpointException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The safetensors container: an unsigned 64-bit header length, a JSON header of {@code name:
 * {dtype, shape, data_offsets}}, the raw little-endian data.
 */
final class Safetensors {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path file;
  private final byte[] bytes;
  private final int dataStart;

  private Safetensors(Path file, byte[] bytes, int dataStart) {
    this.file = file;
    this.bytes = bytes;
    this.dataStart = dataStart;
  }

  static boolean matches(byte[] bytes) {
    return bytes.length > 8 && bytes[8] == '{' && headerLength(bytes) <= 100_000_000;
  }

  static CheckpointReader.Content read(Path file, byte[] bytes) {
    long length = headerLength(bytes);
    if (length < 2 || length > bytes.length - 8) {
      throw new CheckpointException(
          "%s: the header claims %d bytes, but the file has %d; is it truncated?"
              .formatted(file, length, bytes.length));
    }
    try {
      JsonNode header = JSON.readTree(new String(bytes, 8, (int) length, StandardCharsets.UTF_8));
      Safetensors reader = new Safetensors(file, bytes, 8 + (int) length);
      Map<String, Object> object = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : header.properties()) {
        if (entry.getKey().equals("__metadata__")) {
          object.put("config", reader.metadata(entry.getValue()));
        } else {
          object.put(entry.getKey(), reader.tensor(entry.getKey(), entry.getValue()));
        }
      }
      return new CheckpointReader.Content("safetensors", object);
    } catch (JacksonException e) {
      throw new CheckpointException(
          "%s: the header is no JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  /** Negative lengths become huge. */
  private static long headerLength(byte[] bytes) {
    long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    return length < 0 ? Long.MAX_VALUE : length;
  }

  private Map<String, Object> metadata(JsonNode node) {
    Map<String, Object> values = new LinkedHashMap<>();
    node.properties().forEach(entry -> values.put(entry.getKey(), entry.getValue().asString()));
    return values;
  }

  private CheckpointTensor tensor(String name, JsonNode node) {
    String where = "%s: tensor '%s'".formatted(file, name);
    ElementType type = type(where, node.path("dtype").asString(""));
    long[] shape = longs(node.path("shape"));
    long[] offsets = longs(node.path("data_offsets"));
    long data = bytes.length - dataStart;
    if (offsets.length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > data) {
      throw new CheckpointException(
          "%s: data_offsets do not lie in the %d bytes of data; is the file truncated?"
              .formatted(where, data));
    }
    long length = offsets[1] - offsets[0];
    long size = type.bytes();
    long[] strides = new long[shape.length];
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = size / type.bytes();
      size = Math.multiplyExact(size, shape[axis]);
    }
    if (size != length) {
      throw new CheckpointException(
          "%s: shape needs %d bytes, data_offsets give %d".formatted(where, size, length));
    }
    Storage storage = new Storage(type, name, length / type.bytes());
    storage.fill(
        ByteBuffer.wrap(bytes, dataStart + (int) offsets[0], (int) length)
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN));
    return new CheckpointTensor(storage, 0, shape, strides);
  }

  private static ElementType type(String where, String name) {
    for (ElementType type : ElementType.values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    throw new CheckpointException("%s: dtype '%s' is not known".formatted(where, name));
  }

  private static long[] longs(JsonNode array) {
    long[] values = new long[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asLong();
    }
    return values;
  }
}
