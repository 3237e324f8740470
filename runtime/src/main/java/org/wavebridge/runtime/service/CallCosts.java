package org.wavebridge.runtime.service;

import java.util.List;

/**
 * What calls take on this machine, as measured with as many at the same time as the service makes.
 *
 * @param workers calls at the same time
 * @param threads of a call
 * @param sizes for some numbers of rows, ascending from 1
 */
record CallCosts(int workers, int threads, List<Size> sizes) {
  /** Frames of a call that capacity is reckoned with. */
  static final int FRAMES = 8;

  /**
   * A call of a number of rows.
   *
   * @param callSeconds of a call, whatever its frames
   * @param frameSeconds of each frame of the call
   */
  record Size(int rows, double callSeconds, double frameSeconds) {}

  /** The most rows of a call. */
  int rows() {
    return sizes.get(sizes.size() - 1).rows;
  }

  /** Seconds of a call. */
  double seconds(int rows, int frames) {
    Size before = sizes.get(0);
    for (Size size : sizes) {
      if (size.rows >= rows) {
        if (size.rows == rows) {
          return of(size, frames);
        }
        double share = (double) (rows - before.rows) / (size.rows - before.rows);
        return of(before, frames) * (1 - share) + of(size, frames) * share;
      }
      before = size;
    }
    return of(before, frames) * rows / before.rows;
  }

  private static double of(Size size, int frames) {
    return size.callSeconds + size.frameSeconds * frames;
  }

  /** Frames a second that are made of so many streams at the same time. */
  double framesPerSecond(int streams) {
    int each = Math.max(1, Math.min(rows(), (streams + workers - 1) / workers));
    int calls = Math.min(workers, Math.max(1, streams));
    return calls * each * FRAMES / seconds(each, FRAMES);
  }

  /** These costs with calls of so many rows at most. */
  CallCosts limited(int most) {
    List<Size> kept = sizes.stream().filter(size -> size.rows < most).toList();
    if (kept.size() == sizes.size()) {
      return this;
    }
    double call = seconds(most, 0);
    List<Size> all = new java.util.ArrayList<>(kept);
    all.add(new Size(most, call, seconds(most, 1) - call));
    return new CallCosts(workers, threads, List.copyOf(all));
  }
}
