package org.wavebridge.runtime.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Whether the machine can keep a set of streams going. Each needs sound at the speed of its
 * playback from the moment on at which what it has runs dry, until its end, if that is known. That
 * is possible if at every time all of them together have needed no more than the machine can have
 * made, had it begun a little later: a machine does not always make the same in the same time.
 *
 * @param capacity seconds of sound made in a second
 * @param cushion seconds that the machine may begin later
 */
record Admission(double capacity, double cushion) {
  private static final double SOONEST = 0.1;
  private static final double LATEST = 60;

  /**
   * What a stream needs.
   *
   * @param from seconds until it needs sound
   * @param length seconds of sound that it still needs; infinite if its end is not known
   */
  record Need(double from, double length) {}

  /** A change of the speed at which sound is needed. */
  private record Change(double at, int speed) {}

  /** Whether all needs can be met. */
  boolean fits(List<Need> needs) {
    List<Change> changes = new ArrayList<>();
    for (Need need : needs) {
      double from = Math.max(0, need.from);
      changes.add(new Change(from, 1));
      if (need.length < Double.POSITIVE_INFINITY) {
        changes.add(new Change(from + need.length, -1));
      }
    }
    changes.sort(Comparator.comparingDouble(Change::at));
    double needed = 0;
    double time = 0;
    int speed = 0;
    for (Change change : changes) {
      needed += speed * (change.at - time);
      time = change.at;
      speed += change.speed;
      if (needed > capacity * Math.max(0, time - cushion) + 1e-9) {
        return false;
      }
    }
    return speed <= capacity;
  }

  /**
   * When a stream could be admitted that is refused now.
   *
   * @param needs of the others
   * @param stream that is refused
   * @param life seconds that a stream lives on average
   */
  Duration retryAfter(List<Need> needs, Need stream, double life) {
    for (double time = SOONEST; time < LATEST; time *= 1.5) {
      List<Need> later = new ArrayList<>(needs);
      later.add(new Need(stream.from + time, stream.length));
      if (fits(later)) {
        return seconds(time);
      }
    }
    // Somebody whose end is not known must leave first.
    return seconds(life / Math.max(1, needs.size()));
  }

  private static Duration seconds(double time) {
    return Duration.ofMillis((long) (1e3 * Math.max(SOONEST, Math.min(LATEST, time))));
  }
}
