package org.wavebridge.exporter.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.wavebridge.graphs.files.PackedGolden;
import org.wavebridge.graphs.files.SharedGolden;

/** Writes small checkpoints of every container. */
public final class CheckpointFiles {
  private CheckpointFiles() {}

  /** A golden checkpoint. */
  public static Path golden(String name) {
    return PackedGolden.path(
        Path.of("..", "conformance", "src", "test", "resources", "golden"), name);
  }

  /** A checkpoint of trained weights; where they are not there, the test is skipped. */
  public static Path trained(String name) {
    return SharedGolden.path(name);
  }

  /** Writes bytes to a file and returns it. */
  public static Path write(Path file, byte[] bytes) {
    try {
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A PyTorch zip: the pickle and storages by key, not compressed. */
  public static byte[] zip(byte[] pickle, Map<String, byte[]> storages) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("archive/data.pkl", pickle);
    storages.forEach((key, bytes) -> members.put("archive/data/" + key, bytes));
    return members(members, ZipEntry.STORED);
  }

  /** A zip of members. */
  public static byte[] members(Map<String, byte[]> members, int method) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        ZipEntry entry = new ZipEntry(member.getKey());
        entry.setMethod(method);
        if (method == ZipEntry.STORED) {
          CRC32 crc = new CRC32();
          crc.update(member.getValue());
          entry.setCrc(crc.getValue());
          entry.setSize(member.getValue().length);
        }
        zip.putNextEntry(entry);
        zip.write(member.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /**
   * A legacy file: the object's pickle, then the storages, each with its number of elements.
   *
   * @param machine byte order of the machine that wrote it; the file says so, but is little-endian
   */
  public static byte[] legacy(
      byte[] pickle, ByteOrder machine, Map<String, byte[]> storages, Map<String, Integer> widths) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        PickleWriter.pickle()
            .raw(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19)
            .bytes());
    out.writeBytes(PickleWriter.pickle().raw('M', 0xe9, 0x03).bytes());
    out.writeBytes(
        PickleWriter.pickle()
            .value(Map.of("little_endian", machine == ByteOrder.LITTLE_ENDIAN))
            .bytes());
    out.writeBytes(pickle);
    out.writeBytes(PickleWriter.pickle().value(new ArrayList<>(storages.keySet())).bytes());
    storages.forEach(
        (key, bytes) -> {
          long elements = bytes.length / widths.getOrDefault(key, 4);
          out.writeBytes(
              ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(elements).array());
          out.writeBytes(bytes);
        });
    return out.toByteArray();
  }

  /** A safetensors file of a header and data. */
  public static byte[] safetensors(String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }

  /** A safetensors file of float tensors. */
  public static byte[] safetensors(Map<String, String> metadata, Map<String, Values> tensors) {
    List<String> entries = new ArrayList<>();
    if (!metadata.isEmpty()) {
      List<String> texts = new ArrayList<>();
      metadata.forEach((key, value) -> texts.add(quoted(key) + ":" + quoted(value)));
      entries.add("\"__metadata__\":{" + String.join(",", texts) + "}");
    }
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    tensors.forEach(
        (name, tensor) -> {
          int from = data.size();
          data.writeBytes(floats(ByteOrder.LITTLE_ENDIAN, tensor.values()));
          String shape = String.join(",", tensor.shape().stream().map(String::valueOf).toList());
          entries.add(
              "%s:{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
                  .formatted(quoted(name), shape, from, data.size()));
        });
    return safetensors("{" + String.join(",", entries) + "}", data.toByteArray());
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** The bytes of floats. */
  public static byte[] floats(ByteOrder order, float... values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(order);
    for (float value : values) {
      buffer.putFloat(value);
    }
    return buffer.array();
  }

  /**
   * A float tensor.
   *
   * @param shape sizes
   * @param values row-major
   */
  public record Values(List<Long> shape, float[] values) {}
}
