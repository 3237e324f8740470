package org.wavebridge.exporter.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.CheckpointException;

/**
 * Finds the tensors of the model in the object that a container holds; the rest becomes metadata.
 */
final class StateDict {
  private static final List<String> KEYS =
      List.of("state_dict", "model", "model_state", "model_state_dict");
  private static final String PARALLEL = "module.";
  private static final int MAXIMUM_DEPTH = 32;
  private static final int MAXIMUM_VALUES = 2_000_000;

  private final Path file;
  private final String sha256;
  private int values;

  StateDict(Path file, String sha256) {
    this.file = file;
    this.sha256 = sha256;
  }

  Checkpoint find(CheckpointReader.Content content) {
    if (!(content.object() instanceof Map<?, ?> top)) {
      throw new CheckpointException(
          "%s: expected a dictionary of tensors, found %s".formatted(file, kind(content.object())));
    }
    String location = location(top);
    if (location != null) {
      return checkpoint(content, location, at(top, location), top);
    }
    throw new CheckpointException(
        "%s: no tensors found at the top or under %s; the file has %s"
            .formatted(file, KEYS, few(top)));
  }

  /** The key that the model's tensors are under, empty for the top; null where there are none. */
  private static @Nullable String location(Map<?, ?> top) {
    for (String key : KEYS) {
      if (top.get(key) instanceof Map<?, ?> nested && holdsTensors(nested)) {
        return key;
      }
    }
    return holdsTensors(top) ? "" : null;
  }

  private static Map<?, ?> at(Map<?, ?> top, String location) {
    return top.get(location) instanceof Map<?, ?> nested ? nested : top;
  }

  /** The storages of the model's tensors in the object of a file. */
  static Set<Storage> storages(Object object) {
    Set<Storage> storages = Collections.newSetFromMap(new IdentityHashMap<>());
    if (object instanceof CheckpointTensor tensor) {
      storages.add(tensor.storage().root());
    }
    String location = object instanceof Map<?, ?> map ? location(map) : null;
    if (location != null && object instanceof Map<?, ?> top) {
      for (Object value : at(top, location).values()) {
        if (value instanceof CheckpointTensor tensor) {
          storages.add(tensor.storage().root());
        }
      }
    }
    return storages;
  }

  private static String few(Map<?, ?> top) {
    List<String> shown = top.keySet().stream().limit(20).map(StateDict::shortened).toList();
    return shown + (top.size() > shown.size() ? " and " + (top.size() - 20) + " more" : "");
  }

  private static String shortened(Object key) {
    String text = String.valueOf(key);
    return text.length() > 80 ? text.substring(0, 80) + "..." : text;
  }

  /** What Python calls the value. */
  private static String kind(Object value) {
    if (value instanceof CheckpointTensor) {
      return "a single tensor";
    }
    if (value instanceof List<?>) {
      return "a list";
    }
    if (value instanceof Object[]) {
      return "a tuple";
    }
    if (value instanceof String) {
      return "a text";
    }
    return value instanceof Number || value instanceof Boolean ? "a number" : "another object";
  }

  private Checkpoint checkpoint(
      CheckpointReader.Content content, String location, Map<?, ?> dict, Map<?, ?> top) {
    Map<String, CheckpointTensor> tensors = new LinkedHashMap<>();
    dict.forEach(
        (key, value) -> {
          if (value instanceof CheckpointTensor tensor) {
            tensor.check("%s: tensor '%s'".formatted(file, key));
            tensors.put(String.valueOf(key), tensor);
          }
        });
    return new Checkpoint(
        file, content.container(), sha256, location, withoutPrefix(tensors), metadata(top));
  }

  private static boolean holdsTensors(Map<?, ?> dict) {
    return dict.values().stream().anyMatch(CheckpointTensor.class::isInstance);
  }

  /** Names of a model trained on several GPUs all start with the wrapper's prefix. */
  private static Map<String, CheckpointTensor> withoutPrefix(
      Map<String, CheckpointTensor> tensors) {
    if (!tensors.keySet().stream().allMatch(name -> name.startsWith(PARALLEL))) {
      return tensors;
    }
    Map<String, CheckpointTensor> stripped = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> stripped.put(name.substring(PARALLEL.length()), tensor));
    return stripped;
  }

  private Map<String, Object> metadata(Map<?, ?> top) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    top.forEach(
        (key, value) -> {
          Object plain = plain(value, 0);
          if (plain != null) {
            metadata.put(String.valueOf(key), plain);
          }
        });
    return metadata;
  }

  /** The plain values below a value; null for a tensor and what holds nothing else. */
  private @Nullable Object plain(@Nullable Object value, int depth) {
    if (depth > MAXIMUM_DEPTH || ++values > MAXIMUM_VALUES) {
      throw new CheckpointException(
          "%s: what the file holds beside its tensors is nested deeper than %d or has more than %d values; save the state dict alone"
              .formatted(file, MAXIMUM_DEPTH, MAXIMUM_VALUES));
    }
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Object[] tuple) {
      return list(Arrays.asList(tuple), depth);
    }
    if (value instanceof List<?> list) {
      return list(list, depth);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> result = new LinkedHashMap<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        Object plain = plain(entry.getValue(), depth + 1);
        if (plain != null) {
          result.put(String.valueOf(entry.getKey()), plain);
        }
      }
      return result.isEmpty() ? null : result;
    }
    return null;
  }

  private @Nullable Object list(List<?> list, int depth) {
    List<Object> result = new ArrayList<>();
    for (Object item : list) {
      Object plain = plain(item, depth + 1);
      if (plain != null) {
        result.add(plain);
      }
    }
    return result.isEmpty() ? null : result;
  }
}
