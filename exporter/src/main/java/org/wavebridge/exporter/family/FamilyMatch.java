package org.wavebridge.exporter.family;

import java.util.Collection;
import java.util.List;

/**
 * How well a checkpoint fits a family.
 *
 * @param family its name
 * @param fits whether the checkpoint is one of its own
 * @param off how many tensors are missing or unexpected; where there are none and it does not fit,
 *     something else speaks against it
 * @param explanation why, or what is missing
 */
public record FamilyMatch(String family, boolean fits, int off, String explanation) {
  private static final int SHOWN = 4;

  /** The first few names and how many more there are. */
  static String few(Collection<String> names) {
    return few(names, SHOWN);
  }

  /** The first names and how many more there are. */
  static String few(Collection<String> names, int most) {
    List<String> shown = names.stream().limit(most).toList();
    return shown + (names.size() > most ? " and " + (names.size() - most) + " more" : "");
  }
}
