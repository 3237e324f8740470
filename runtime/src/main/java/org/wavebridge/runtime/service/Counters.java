package org.wavebridge.runtime.service;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.runtime.service.ServiceFigures.Histogram;

/** What a service counts; under its lock. */
final class Counters {
  long started;
  long finished;
  long failed;
  long cancelled;
  long refused;
  long continuous;
  long calls;
  long samples;
  final Buckets firstSample = Buckets.seconds(1e-3);
  final Buckets underruns = Buckets.seconds(1e-3);
  final Buckets rows = new Buckets(List.of(1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0));
  final Buckets callSeconds = Buckets.seconds(1e-4);

  /** A histogram that grows. */
  static final class Buckets {
    private final List<Double> bounds;
    private final long[] counts;
    private long count;
    private double sum;

    Buckets(List<Double> bounds) {
      this.bounds = bounds;
      this.counts = new long[bounds.size() + 1];
    }

    /** Bounds from a number of seconds on, three for each factor of ten, up to 100 seconds. */
    static Buckets seconds(double first) {
      List<Double> bounds = new ArrayList<>();
      for (double base = first; base < 100; base *= 10) {
        for (double factor : new double[] {1, 2, 5}) {
          bounds.add(Math.rint(base * factor * 1e6) / 1e6);
        }
      }
      return new Buckets(List.copyOf(bounds));
    }

    void add(double value) {
      int bucket = 0;
      while (bucket < bounds.size() && value > bounds.get(bucket)) {
        bucket++;
      }
      counts[bucket]++;
      count++;
      sum += value;
    }

    Histogram snapshot() {
      List<Long> copy = new ArrayList<>();
      for (long each : counts) {
        copy.add(each);
      }
      return new Histogram(bounds, List.copyOf(copy), count, sum);
    }
  }
}
