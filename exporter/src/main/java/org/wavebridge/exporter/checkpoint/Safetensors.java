package org.wavebridge.exporter.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.CheckpointException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The safetensors container: an unsigned 64-bit header length, a JSON header of {@code name:
 * {dtype, shape, data_offsets}}, the raw little-endian data, which the tensors fill without holes
 * or overlaps.
 */
final class Safetensors {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path file;
  private final byte[] bytes;
  private final int dataStart;
  private final Spending spending;
  private final List<Range> ranges = new ArrayList<>();

  private Safetensors(Path file, byte[] bytes, int dataStart, Spending spending) {
    this.file = file;
    this.bytes = bytes;
    this.dataStart = dataStart;
    this.spending = spending;
  }

  static boolean matches(byte[] bytes) {
    return bytes.length > 8 && bytes[8] == '{' && headerLength(bytes) <= 100_000_000;
  }

  static CheckpointReader.Content read(Path file, byte[] bytes, Spending spending) {
    long length = headerLength(bytes);
    if (length < 2 || length > bytes.length - 8) {
      throw new CheckpointException(
          "%s: the header claims %d bytes, but only %d follow; is the file truncated?"
              .formatted(file, length, bytes.length - 8));
    }
    try {
      String text = new String(bytes, 8, (int) length, StandardCharsets.UTF_8);
      count(text, spending);
      JsonNode header = JSON.readTree(text);
      Safetensors reader = new Safetensors(file, bytes, 8 + (int) length, spending);
      Map<String, Object> object = new LinkedHashMap<>();
      Map<String, @Nullable Object> config = Map.of();
      for (Map.Entry<String, JsonNode> entry : header.properties()) {
        if (entry.getKey().equals("__metadata__")) {
          config = reader.metadata(entry.getValue());
        } else {
          object.put(entry.getKey(), reader.tensor(entry.getKey(), entry.getValue()));
        }
      }
      reader.requireFilled();
      if (!config.isEmpty()) {
        object.putIfAbsent("config", config);
      }
      return new CheckpointReader.Content("safetensors", object);
    } catch (JacksonException e) {
      throw new CheckpointException(
          "%s: the header is no JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  /** Counts the values of a text before memory is taken for them. */
  private static void count(String json, Spending spending) {
    try (JsonParser parser = JSON.createParser(json)) {
      while (parser.nextToken() != null) {
        spending.values(1);
      }
    }
  }

  /**
   * Where a tensor's data lies.
   *
   * @param name of the tensor
   * @param from first byte of the data
   * @param to behind the last byte
   */
  private record Range(String name, long from, long to) {}

  /** The format wants the data of the tensors one behind the other, and nothing else. */
  private void requireFilled() {
    ranges.sort(Comparator.comparingLong(Range::from).thenComparingLong(Range::to));
    long filled = 0;
    for (Range range : ranges) {
      if (range.from() != filled) {
        throw new CheckpointException(
            "%s: tensor '%s': data_offsets begin at %d, expected %d, where the tensor before ends; the data has %s"
                .formatted(
                    file,
                    StateDict.shortened(range.name()),
                    range.from(),
                    filled,
                    range.from() < filled ? "overlaps" : "holes"));
      }
      filled = range.to();
    }
    if (filled != bytes.length - dataStart) {
      throw new CheckpointException(
          "%s: the tensors fill %d bytes of data, found %d; is the file damaged?"
              .formatted(file, filled, bytes.length - dataStart));
    }
  }

  /** Negative lengths become huge. */
  private static long headerLength(byte[] bytes) {
    long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    return length < 0 ? Long.MAX_VALUE : length;
  }

  /**
   * The metadata, which the format keeps as texts. A text that is a JSON number, truth value, list
   * or object is read as that ({@code "16000"}, {@code "true"}, {@code "[5, 5, 11]"}); any other
   * stays text. What an object under {@code config} holds counts as if it stood beside it, and
   * wins.
   */
  private Map<String, @Nullable Object> metadata(JsonNode node) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getValue().isString()) {
        throw new CheckpointException(
            "%s: metadata '%s' is no text".formatted(file, StateDict.shortened(entry.getKey())));
      }
      values.put(entry.getKey(), value(entry.getValue().stringValue()));
    }
    if (values.get("config") instanceof Map<?, ?> config) {
      values.remove("config");
      config.forEach((key, value) -> values.put(String.valueOf(key), value));
    }
    return values;
  }

  private Object value(String text) {
    try {
      count(text, spending);
      JsonNode json = JSON.readTree(text);
      boolean plain = json.isNumber() || json.isBoolean() || json.isArray() || json.isObject();
      return plain ? JSON.treeToValue(json, Object.class) : text;
    } catch (JacksonException e) {
      return text;
    }
  }

  private CheckpointTensor tensor(String name, JsonNode node) {
    String where = "%s: tensor '%s'".formatted(file, StateDict.shortened(name));
    ElementType type =
        type(where, node.path("dtype").isString() ? node.path("dtype").stringValue() : "");
    long[] shape = longs(where, node, "shape");
    long[] offsets = longs(where, node, "data_offsets");
    long data = (long) bytes.length - dataStart;
    if (offsets.length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > data) {
      throw new CheckpointException(
          "%s: data_offsets do not lie in the %d bytes of data; is the file truncated?"
              .formatted(where, data));
    }
    long length = offsets[1] - offsets[0];
    long[] strides = new long[shape.length];
    double needed = type.bytes();
    long size = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = size;
      size *= shape[axis];
      needed *= shape[axis];
    }
    if (needed != length) {
      throw new CheckpointException(
          "%s: shape %s of %s does not fill the %d bytes of its data_offsets"
              .formatted(where, Arrays.toString(shape), type, length));
    }
    ranges.add(new Range(name, offsets[0], offsets[1]));
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
    throw new CheckpointException(
        "%s: dtype '%s' is not known".formatted(where, StateDict.shortened(name)));
  }

  private static long[] longs(String where, JsonNode node, String key) {
    JsonNode array = node.path(key);
    boolean whole = array.isArray() && array.size() <= 64;
    long[] values = new long[whole ? array.size() : 0];
    for (int i = 0; i < values.length && whole; i++) {
      whole = array.get(i).canConvertToLong() && array.get(i).isIntegralNumber();
      values[i] = whole ? array.get(i).longValue() : 0;
      whole &= values[i] >= 0;
    }
    if (!whole) {
      throw new CheckpointException(
          "%s: %s is no list of whole numbers from 0".formatted(where, key));
    }
    return values;
  }
}
