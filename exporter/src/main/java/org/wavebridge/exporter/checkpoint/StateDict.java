package org.wavebridge.exporter.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
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

  /** The prefixes that wrappers and trainers put before the names of the network they hold. */
  private static final List<String> PREFIXES =
      List.of("module.", "_orig_mod.", "model.", "vocoder.", "generator.");

  private static final int MAXIMUM_DEPTH = 32;

  /** Networks of this kind have some hundred; each is looked at for every family. */
  static final int MAXIMUM_TENSORS = 10_000;

  private static final int MAXIMUM_NAME = 400;

  private final Path file;
  private final String sha256;
  private final Spending spending;

  StateDict(Path file, String sha256, Spending spending) {
    this.file = file;
    this.sha256 = sha256;
    this.spending = spending;
  }

  /** Refuses more tensors than a vocoder has. */
  static void requireFewTensors(Path file, int count) {
    if (count > MAXIMUM_TENSORS) {
      throw new CheckpointException(
          "%s: expected a vocoder of at most %d tensors, found %d"
              .formatted(file, MAXIMUM_TENSORS, count));
    }
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
        OtherCheckpoints.of(top)
            .map(what -> "%s: this is %s".formatted(file, what))
            .orElse(
                "%s: no tensors found at the top or under %s; the file has %s"
                    .formatted(file, KEYS, few(top))));
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
    return !location.isEmpty() && top.get(location) instanceof Map<?, ?> nested ? nested : top;
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

  /** A text of a file for a message. */
  static String shortened(Object key) {
    String text = String.valueOf(key);
    return text.length() > 80 ? text.substring(0, 80) + "..." : text;
  }

  /** The name of the value's type in Python. */
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
            String name = name(key);
            String shown = "tensor '%s'".formatted(shortened(name));
            tensor.check(file + ": " + shown);
            spending.show(tensor.size(), shown);
            tensors.put(name, tensor);
            requireFewTensors(file, tensors.size());
          }
        });
    String prefix = prefix(tensors.keySet());
    Map<String, CheckpointTensor> stripped = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> stripped.put(name.substring(prefix.length()), tensor));
    return new Checkpoint(
        file, content.container(), sha256, location, prefix, stripped, metadata(top));
  }

  private String name(Object key) {
    String name = String.valueOf(key);
    if (name.length() > MAXIMUM_NAME) {
      throw new CheckpointException(
          "%s: tensor '%s': expected a name of at most %d characters, found %d"
              .formatted(file, shortened(name), MAXIMUM_NAME, name.length()));
    }
    return name;
  }

  private static boolean holdsTensors(Map<?, ?> dict) {
    return dict.values().stream().anyMatch(CheckpointTensor.class::isInstance);
  }

  /**
   * The longest prefix of all names that is made of wrappers' prefixes, in any order, and is no
   * whole name.
   */
  static String prefix(Collection<String> names) {
    String first = names.iterator().next();
    int length = 0;
    for (int before = -1; before < length; ) {
      before = length;
      for (String prefix : PREFIXES) {
        int at = length;
        if (first.startsWith(prefix, at)
            && names.stream().allMatch(name -> name.startsWith(prefix, at))) {
          length += prefix.length();
        }
      }
    }
    int end = length;
    return names.stream().allMatch(name -> name.length() > end) ? first.substring(0, end) : "";
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
    spending.values(1);
    if (depth > MAXIMUM_DEPTH) {
      throw new CheckpointException(
          "%s: what the file holds beside its tensors is nested deeper than %d; save the state dict alone"
              .formatted(file, MAXIMUM_DEPTH));
    }
    if (value instanceof NumpyArray array) {
      return plain(array.values(spending), depth);
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
