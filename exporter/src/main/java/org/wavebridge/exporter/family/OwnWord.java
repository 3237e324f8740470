package org.wavebridge.exporter.family;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.InputException;

/** A checkpoint's own description of itself, beside its tensors. */
final class OwnWord {
  private static final String CONFIG = "config";
  private static final String FAMILY = "family";

  private OwnWord() {}

  /**
   * The checkpoint's own configuration: what is under {@code config}, where it may also be a text,
   * as in the metadata of safetensors.
   *
   * @throws CheckpointException if the text is no configuration
   */
  static Map<String, Object> config(Checkpoint checkpoint) {
    Map<String, Object> config = new LinkedHashMap<>(checkpoint.config());
    Object inner = config.isEmpty() ? checkpoint.metadata().get(CONFIG) : config.get(CONFIG);
    if (inner instanceof String text && text.stripLeading().startsWith("{")) {
      try {
        inner = ConfigFile.parse(checkpoint.file() + ": 'config'", text);
      } catch (InputException e) {
        throw new CheckpointException(String.valueOf(e.getMessage()), e);
      }
    }
    if (inner instanceof Map<?, ?> map) {
      config.remove(CONFIG);
      map.forEach((name, value) -> config.put(String.valueOf(name), value));
    }
    return config;
  }

  /** The family that the checkpoint says it is of: in its configuration, or beside the tensors. */
  static Optional<String> family(Checkpoint checkpoint) {
    Object said = checkpoint.config().get(FAMILY);
    try {
      said = config(checkpoint).get(FAMILY);
    } catch (CheckpointException e) {
      // Reading the model says what is wrong with it.
    }
    if (said instanceof String name) {
      return Optional.of(Families.known(name));
    }
    // Beside the tensors the word may mean anything.
    return checkpoint.metadata().get(FAMILY) instanceof String name
            && Families.names().contains(Families.known(name))
        ? Optional.of(Families.known(name))
        : Optional.empty();
  }
}
