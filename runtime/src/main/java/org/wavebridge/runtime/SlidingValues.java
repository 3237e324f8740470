package org.wavebridge.runtime;

import java.util.Arrays;

/**
 * The newest vectors of a sequence; the oldest are forgotten. Indices count from its start. A value
 * is copied a bounded number of times on average, and room that is no longer needed is given back.
 */
final class SlidingValues {
  private static final int LEAST_ROOM = 1024;

  private final int size;
  private long first;
  private float[] room = {};
  private int begin;
  private int end;

  /**
   * An empty sequence.
   *
   * @param size values of a vector; may be 0
   */
  SlidingValues(int size) {
    this.size = size;
  }

  /** A copy of all that is kept, {@code [vectors, size]}. */
  float[] values() {
    return Arrays.copyOfRange(room, begin, end);
  }

  /** A copy of the vectors from one index to before another; both must be kept. */
  float[] values(long from, long to) {
    return Arrays.copyOfRange(room, place(from), place(to));
  }

  /** How many values there is room for. */
  int room() {
    return room.length;
  }

  void append(float[] more) {
    append(more, 0, more.length);
  }

  /** Appends a part of an array. */
  void append(float[] more, int from, int length) {
    if (length > room.length - end) {
      moveTo(Math.addExact(end - begin, length));
    }
    System.arraycopy(more, from, room, end, length);
    end += length;
  }

  /** Replaces all that is kept. */
  void replace(float[] others) {
    room = others.clone();
    begin = 0;
    end = others.length;
  }

  /** Forgets the vectors before an index; nothing if they are forgotten already. */
  void forgetBefore(long index) {
    if (index > first) {
      begin = place(index);
      first = index;
      if (room.length > LEAST_ROOM && end - begin < room.length / 4) {
        moveTo(end - begin);
      }
    }
  }

  private int place(long index) {
    return Math.toIntExact(begin + (index - first) * size);
  }

  /** Moves what is kept to the front, where there is room for {@code values} and as many more. */
  private void moveTo(int values) {
    boolean fits = values <= room.length / 2 && values >= room.length / 4;
    int length = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(LEAST_ROOM, 2L * values));
    float[] target = fits ? room : new float[Math.max(values, length)];
    System.arraycopy(room, begin, target, 0, end - begin);
    room = target;
    end -= begin;
    begin = 0;
  }
}
