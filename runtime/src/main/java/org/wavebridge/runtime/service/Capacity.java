package org.wavebridge.runtime.service;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.wavebridge.runtime.service.Admission.Need;
import org.wavebridge.runtime.service.Engine.Format;

/**
 * What the machine makes of streams, as measured once and learnt from calls, and who is admitted by
 * that. Under the scheduler's lock.
 */
final class Capacity {
  /** How much the newest call counts in what is known of calls. */
  private static final double NEWEST = 0.05;

  private static final double LEAST_SLOWNESS = 0.5;

  /** How long a stream may take until it has a cushion. */
  private static final long YOUNG = 500_000_000;

  private final Format format;
  private final ServiceOptions options;
  private final CallCosts costs;
  private double slowness = 1;
  private double life = 5;

  Capacity(Format format, ServiceOptions options, CallCosts costs) {
    this.format = format;
    this.options = options;
    this.costs = costs;
  }

  /** What calls take now, compared with the costs. */
  double slowness() {
    return slowness;
  }

  /** Streams in real time that can be made, of so many that live. */
  double streams(int count) {
    return costs.framesPerSecond(count) * format.frameSeconds() / slowness;
  }

  /**
   * Learns from a call.
   *
   * @param all whether all workers were busy; else no call tells how fast all are
   */
  void learn(int rows, int frames, double seconds, boolean all) {
    if (frames > 0 && format.together()) {
      double ratio = Math.max(all ? LEAST_SLOWNESS : 1, seconds / costs.seconds(rows, frames));
      // One call that was held up says little.
      slowness += NEWEST * (Math.min(4 * slowness, ratio) - slowness);
    }
  }

  /** Learns from the end of a stream. */
  void left(double seconds) {
    life += 0.1 * (seconds - life);
  }

  /**
   * Requires that a stream can be admitted.
   *
   * @param streams that are live
   */
  void requireRoom(Collection<ServiceStream> streams, StreamOptions stream, long now)
      throws OverloadedException {
    List<Need> needs = needs(streams, now);
    double capacity = streams(needs.size() + 1) * (1 - options.reserve());
    Admission admission = new Admission(capacity, cushion());
    Need need =
        new Need(
            cushion(),
            stream.frames().isPresent()
                ? stream.frames().getAsLong() * format.frameSeconds()
                : Double.POSITIVE_INFINITY);
    if (streams.size() >= options.mostStreams()) {
      throw new OverloadedException(
          "%d streams, the most of this service, are live".formatted(streams.size()),
          new Admission(0, 0).retryAfter(needs, need, life));
    }
    List<Need> all = new ArrayList<>(needs);
    all.add(need);
    // Up to half of the capacity whoever runs dry is soon helped; one stream alone is in any case.
    if (all.size() > Math.max(1, capacity / 2) && !admission.fits(all)) {
      throw new OverloadedException(
          "%d streams are live, and the machine keeps %.1f going in real time"
              .formatted(streams.size(), capacity),
          admission.retryAfter(needs, need, life));
    }
  }

  /** What running streams should have left when another is admitted, in seconds. */
  private double cushion() {
    return options.firstSample().toNanos() * 2e-9;
  }

  /** What streams still need. */
  List<Need> needs(Collection<ServiceStream> streams, long now) {
    List<Need> needs = new ArrayList<>();
    for (ServiceStream stream : streams) {
      double length = stream.length();
      if (!stream.isOver() && length > 0) {
        double left = stream.playback.left(now) * 1e-9;
        // One that has just begun comes first, and has its cushion soon.
        boolean young = now - stream.startedAt() < YOUNG;
        needs.add(new Need(young ? Math.max(left, cushion()) : left, length));
      }
    }
    return needs;
  }
}
