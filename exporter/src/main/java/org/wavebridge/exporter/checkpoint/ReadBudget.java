package org.wavebridge.exporter.checkpoint;

import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.Limits;

/**
 * The memory and the values that reading one checkpoint may take in all, whatever its container: a
 * small file must not ask for much memory or time. {@link #standard()} is used where none is given;
 * the system properties {@value #BYTES_PROPERTY} and {@value #VALUES_PROPERTY} set it.
 *
 * @param bytes of memory: the file, what is unpacked of it, and its tensors as 32-bit numbers; from
 *     1
 * @param values that are made or copied beside the tensors' elements, such as the entries of a
 *     pickle; from 1
 */
public record ReadBudget(long bytes, long values) {
  /** The system property for {@link #bytes}. */
  public static final String BYTES_PROPERTY = Limits.PROPERTY;

  /** The system property for {@link #values}. */
  public static final String VALUES_PROPERTY = "wavebridge.maximum.values";

  private static final long USUAL_BYTES = 4L << 30;

  /** Far more than tensors, settings and a history of losses need. */
  private static final long USUAL_VALUES = 8_000_000;

  /** Building a model copies its tensors once or twice more. */
  private static final int HEAP_SHARE = 4;

  /** A value of a pickle takes no more than this, with its place in a dictionary. */
  private static final int BYTES_OF_VALUE = 256;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is less than 1
   */
  public ReadBudget {
    if (bytes < 1 || values < 1) {
      throw new IllegalArgumentException(
          "expected budgets from 1, found %d bytes and %d values".formatted(bytes, values));
    }
  }

  /**
   * 4 GiB, or a quarter of the heap if that is less; 8 million values, or as many as fit the heap;
   * each unless its system property says otherwise.
   *
   * @throws InputException if a property is no whole number from 1
   */
  public static ReadBudget standard() {
    long heap = Runtime.getRuntime().maxMemory();
    return new ReadBudget(
        Limits.property(BYTES_PROPERTY, Math.min(USUAL_BYTES, heap / HEAP_SHARE)),
        Limits.property(VALUES_PROPERTY, Math.min(USUAL_VALUES, heap / BYTES_OF_VALUE)));
  }
}
