package org.wavebridge.runtime;

import java.util.Arrays;

/** The newest vectors of a sequence; the oldest are forgotten. Indices count from its start. */
final class SlidingValues {
  private final int size;
  private int first;
  private float[] values = {};

  /**
   * An empty sequence.
   *
   * @param size values of a vector; may be 0
   */
  SlidingValues(int size) {
    this.size = size;
  }

  /** All that is kept, {@code [vectors, size]}. The array is shared. */
  float[] values() {
    return values;
  }

  /** The vectors from one index to before another; both must be kept. */
  float[] values(int from, int to) {
    return Arrays.copyOfRange(values, (from - first) * size, (to - first) * size);
  }

  void append(float[] more) {
    int before = values.length;
    values = Arrays.copyOf(values, before + more.length);
    System.arraycopy(more, 0, values, before, more.length);
  }

  /** Replaces all that is kept. */
  void replace(float[] others) {
    values = others;
  }

  /** Forgets the vectors before an index; nothing if they are forgotten already. */
  void forgetBefore(int index) {
    if (index > first) {
      values = Arrays.copyOfRange(values, (index - first) * size, values.length);
      first = index;
    }
  }
}
