package org.wavebridge.exporter.files;

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
    byte[] bytes = CheckpointFiles.floats(ByteOrder.LITTLE_ENDIAN, values);
    storages.put(key, type.equals("Long") ? Arrays.copyOf(bytes, 2 * bytes.length) : bytes);
    tensors.put(name, Tensor.of(type, key, shape));
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
    return type.equals("Long") ? 8 : 4;
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
