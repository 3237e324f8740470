package org.wavebridge.exporter.checkpoint;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The content of a checkpoint file.
 *
 * @param file where it was read
 * @param container the file format, for people
 * @param sha256 of the file, in hexadecimal
 * @param location where in the file's object the tensors were found: a key, or empty for the object
 *     itself
 * @param prefix what all names of the file's tensors begin with and {@code tensors} leaves out,
 *     such as {@code _orig_mod.module.}; mostly empty
 * @param tensors by name, in file order
 * @param metadata everything else: nested maps, lists, strings, numbers and truth values; tuples
 *     and sets are lists; None, bytes and what is empty are left out
 */
public record Checkpoint(
    Path file,
    String container,
    String sha256,
    String location,
    String prefix,
    Map<String, CheckpointTensor> tensors,
    Map<String, Object> metadata) {
  /** Copies the maps, keeping their order. */
  public Checkpoint {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** A checkpoint whose names are as in the file. */
  public Checkpoint(
      Path file,
      String container,
      String sha256,
      String location,
      Map<String, CheckpointTensor> tensors,
      Map<String, Object> metadata) {
    this(file, container, sha256, location, "", tensors, metadata);
  }

  /** The checkpoint's own configuration: the map under {@code config}, or nothing. */
  public Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    if (metadata.get("config") instanceof Map<?, ?> map) {
      map.forEach((key, value) -> config.put(String.valueOf(key), value));
    }
    return config;
  }
}
