package org.wavebridge.exporter.family;

/**
 * A setting with where its value came from.
 *
 * @param name of the setting
 * @param value text, number, truth value or list
 * @param source where it came from
 */
public record ResolvedSetting(String name, Object value, Source source) {
  /** Where a setting came from; the first that has it wins, and tensors may not be contradicted. */
  public enum Source {
    /** Read off the tensors' shapes. */
    TENSORS,
    /** The file given with {@code --config}. */
    CONFIG_FILE,
    /** The checkpoint's own configuration. */
    CHECKPOINT,
    /** The family's published default. */
    DEFAULT
  }
}
