package org.wavebridge.exporter.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wavebridge.graphs.CheckpointException;

/** Collects the named arrays of a container that has nothing but such arrays. */
final class FlatArrays {
  private final Path file;
  private final Spending spending;
  private final Map<String, CheckpointTensor> tensors = new LinkedHashMap<>();

  FlatArrays(Path file, Spending spending) {
    this.file = file;
    this.spending = spending;
  }

  /** Adds an array of one axis, or replaces the one of that name. */
  void put(String name, ElementType type, ByteBuffer values) {
    put(name, type, values, values.remaining() / type.bytes());
  }

  /**
   * Adds an array, row-major, or replaces the one of that name.
   *
   * @param values little-endian
   */
  void put(String name, ElementType type, ByteBuffer values, long... shape) {
    long[] strides = new long[shape.length];
    long size = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = size;
      size *= shape[axis];
    }
    spending.show(size, name);
    Storage storage = new Storage(type, name, size);
    storage.fill(values.slice().order(ByteOrder.LITTLE_ENDIAN));
    CheckpointTensor tensor = new CheckpointTensor(storage, 0, shape, strides);
    tensor.check(file + ": array '" + name + "'");
    tensors.put(name, tensor);
    StateDict.requireFewTensors(file, tensors.size());
  }

  /** Whether there is an array of that name. */
  boolean has(String name) {
    return tensors.containsKey(name);
  }

  /** The checkpoint of all arrays. */
  Checkpoint checkpoint(String container, String sha256, Map<String, Object> metadata) {
    if (tensors.isEmpty()) {
      throw new CheckpointException(
          "%s: expected arrays in this %s, found none; is the file complete?"
              .formatted(file, container));
    }
    return new Checkpoint(file, container, sha256, "", tensors, metadata);
  }
}
