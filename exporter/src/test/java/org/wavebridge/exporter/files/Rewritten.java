package org.wavebridge.exporter.files;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.checkpoint.CheckpointReader;

/**
 * A golden checkpoint written anew in a PyTorch container, where its tensors were found and with
 * what was beside them; some tensors changed.
 */
public final class Rewritten {
  private final Checkpoint from;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, byte[]> storages = new LinkedHashMap<>();
  private final Map<String, Object> beside = new LinkedHashMap<>();

  /** The checkpoint as it is. */
  public Rewritten(String golden) {
    from = CheckpointReader.read(CheckpointFiles.golden(golden));
    from.tensors().forEach((name, tensor) -> put("Float", name, tensor.toFloats(), tensor.shape()));
    for (String kept : new String[] {"config", "global_step"}) {
      Object value = from.metadata().get(kept);
      if (value != null) {
        beside.put(kept, value);
      }
    }
  }

  /** Adds or replaces a tensor of zeros. */
  public Rewritten put(String type, String name, long... shape) {
    return put(type, name, new float[(int) LongStream.of(shape).reduce(1, (a, b) -> a * b)], shape);
  }

  private Rewritten put(String type, String name, float[] values, long... shape) {
    String key = String.valueOf(storages.size());
    storages.put(key, bytes(type, values));
    tensors.put(name, Tensor.of(type, key, shape));
    return this;
  }

  private static byte[] bytes(String type, float[] values) {
    byte[] bytes = CheckpointFiles.floats(ByteOrder.LITTLE_ENDIAN, values);
    return switch (type) {
      case "Long" -> Arrays.copyOf(bytes, 2 * bytes.length);
      case "Half" -> halves(values);
      default -> bytes;
    };
  }

  /** Of numbers that a half holds. */
  private static byte[] halves(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      int bits = Float.floatToIntBits(value);
      int magnitude = value == 0 ? 0 : ((bits & 0x7fffffff) - (112 << 23)) >> 13;
      bytes.putShort((short) (((bits >>> 16) & 0x8000) | magnitude));
    }
    return bytes.array();
  }

  /** Cuts all values to numbers that a half holds, written as a type. */
  public Rewritten cut(String type) {
    from.tensors()
        .forEach(
            (name, tensor) -> {
              float[] values = tensor.toFloats();
              for (int i = 0; i < values.length; i++) {
                float cut = Float.intBitsToFloat(Float.floatToIntBits(values[i]) & 0xffffe000);
                values[i] = Math.abs(cut) < 0x1p-14f ? 0 : Math.min(cut, 65504);
              }
              put(type, name, values, tensor.shape());
            });
    return this;
  }

  /** Writes all tensors as views of one storage of a GPU, matrices column by column. */
  public Rewritten shared() {
    float[] all = new float[from.tensors().values().stream().mapToInt(t -> t.size()).sum()];
    int[] at = {0};
    storages.clear();
    from.tensors()
        .forEach(
            (name, tensor) -> {
              float[] values = tensor.toFloats();
              long[] shape = tensor.shape();
              Tensor view = Tensor.of("Float", "0", shape);
              long[] strides = view.strides().stream().mapToLong(s -> (long) s).toArray();
              if (shape.length == 2) {
                strides = new long[] {1, shape[0]};
              }
              for (int i = 0; i < values.length; i++) {
                int to = shape.length == 2 ? (int) (i % shape[1] * shape[0] + i / shape[1]) : i;
                all[at[0] + to] = values[i];
              }
              tensors.put(
                  name, view.view(at[0], shape, strides).ofStorage(all.length).at("cuda:0"));
              at[0] += values.length;
            });
    storages.put("0", CheckpointFiles.floats(ByteOrder.LITTLE_ENDIAN, all));
    return this;
  }

  /** The shape of a tensor. */
  public long[] shape(String name) {
    return from.tensors().get(name).shape();
  }

  /** The name of the first tensor that starts so. */
  public String first(String prefix) {
    return tensors.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .findFirst()
        .orElseThrow();
  }

  /** Removes a tensor. */
  public Rewritten without(String name) {
    tensors.remove(name);
    return this;
  }

  /** Renames tensors whose names start so. */
  public Rewritten renamed(String prefix, String other) {
    Map<String, Tensor> before = new LinkedHashMap<>(tensors);
    tensors.clear();
    before.forEach(
        (name, tensor) ->
            tensors.put(
                name.startsWith(prefix) ? other + name.substring(prefix.length()) : name, tensor));
    return this;
  }

  /** Leaves out what was beside the tensors. */
  public Rewritten withoutConfig() {
    beside.remove("config");
    return this;
  }

  /** Writes the zip container. */
  public Path zip(Path folder) {
    Map<String, byte[]> kept = new LinkedHashMap<>(storages);
    kept.keySet().retainAll(tensors.values().stream().map(Tensor::key).toList());
    return CheckpointFiles.write(
        folder.resolve("rewritten_zip.pt"), CheckpointFiles.zip(pickle(), kept));
  }

  /** Writes the container before PyTorch 1.6. */
  public Path legacy(Path folder) {
    Map<String, byte[]> kept = new LinkedHashMap<>(storages);
    kept.keySet().retainAll(tensors.values().stream().map(Tensor::key).toList());
    Map<String, Integer> widths = new LinkedHashMap<>();
    tensors.values().forEach(tensor -> widths.put(tensor.key(), width(tensor.type())));
    return CheckpointFiles.write(
        folder.resolve("rewritten_legacy.pt"),
        CheckpointFiles.legacy(pickle(), ByteOrder.LITTLE_ENDIAN, kept, widths));
  }

  private static int width(String type) {
    return switch (type) {
      case "Long" -> 8;
      case "Half" -> 2;
      default -> 4;
    };
  }

  private byte[] pickle() {
    Map<String, Object> top = new LinkedHashMap<>();
    if (from.location().isEmpty()) {
      top.putAll(tensors);
    } else {
      top.put(from.location(), tensors);
    }
    top.putAll(beside);
    return PickleWriter.pickle().value(top).bytes();
  }
}
