package org.wavebridge.runtime.service;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * How a service runs. What it may keep is bounded by the first three.
 *
 * @param mostStreams at the same time
 * @param mostFrames that wait in one stream
 * @param mostAhead of one stream's samples that are made and not taken, as time of sound
 * @param firstSample within which a stream's first samples should come, once their frames are there
 * @param reserve share of the measured capacity that admission leaves free, from 0 to below 1
 * @param idle after which a stream fails that has not ended, of which nothing can be made, and to
 *     which nobody offers frames and of which nobody takes samples
 * @param rows of a call at most; calibrated if empty
 * @param workers calls at the same time; calibrated, or decided by the threads of the vocoder, if
 *     empty
 * @param cache folder of the calibrations; the user's cache folder if empty
 * @param clock nanoseconds that only grow, from any origin; {@link System#nanoTime} but for tests
 */
public record ServiceOptions(
    int mostStreams,
    int mostFrames,
    Duration mostAhead,
    Duration firstSample,
    double reserve,
    Duration idle,
    OptionalInt rows,
    OptionalInt workers,
    Optional<Path> cache,
    LongSupplier clock) {
  /** The most rows of a call. */
  public static final int MOST_ROWS = 4096;

  /** Checks the ranges. */
  public ServiceOptions {
    require("mostStreams", mostStreams, 1 << 20);
    require("mostFrames", mostFrames, 1 << 20);
    rows.ifPresent(count -> require("rows", count, MOST_ROWS));
    workers.ifPresent(count -> require("workers", count, 1024));
    require("mostAhead", mostAhead);
    require("firstSample", firstSample);
    require("idle", idle);
    if (!(reserve >= 0 && reserve < 1)) {
      throw new IllegalArgumentException("reserve: expected 0 to below 1, found " + reserve);
    }
  }

  private static void require(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          "%s: expected 1 to %d, found %d".formatted(name, most, value));
    }
  }

  private static void require(String name, Duration value) {
    if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "%s: expected 1 ms to 1 day, found %s".formatted(name, value));
    }
  }

  /**
   * 1,000 streams, of each 1,024 frames and 2 seconds of sound; a first sample in 100 ms; a tenth
   * of the capacity in reserve; a minute of idleness; the rest calibrated.
   */
  public static ServiceOptions defaults() {
    return new ServiceOptions(
        1000,
        1024,
        Duration.ofSeconds(2),
        Duration.ofMillis(100),
        0.1,
        Duration.ofMinutes(1),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        System::nanoTime);
  }

  /** These options with other bounds of a stream: frames that wait, and sound that is not taken. */
  public ServiceOptions withBounds(int streams, int frames, Duration ahead) {
    return new ServiceOptions(
        streams, frames, ahead, firstSample, reserve, idle, rows, workers, cache, clock);
  }

  /** These options with another time to the first sample. */
  public ServiceOptions withFirstSample(Duration time) {
    return new ServiceOptions(
        mostStreams, mostFrames, mostAhead, time, reserve, idle, rows, workers, cache, clock);
  }

  /** These options with another share of the capacity in reserve. */
  public ServiceOptions withReserve(double share) {
    return new ServiceOptions(
        mostStreams, mostFrames, mostAhead, firstSample, share, idle, rows, workers, cache, clock);
  }

  /** These options with another time of idleness. */
  public ServiceOptions withIdle(Duration time) {
    return new ServiceOptions(
        mostStreams,
        mostFrames,
        mostAhead,
        firstSample,
        reserve,
        time,
        rows,
        workers,
        cache,
        clock);
  }

  /** These options with a fixed number of rows of a call, and of calls at the same time. */
  public ServiceOptions withCalls(int rowsOfCall, int atOnce) {
    return new ServiceOptions(
        mostStreams,
        mostFrames,
        mostAhead,
        firstSample,
        reserve,
        idle,
        OptionalInt.of(rowsOfCall),
        OptionalInt.of(atOnce),
        cache,
        clock);
  }

  /** These options with calibrations kept in a folder. */
  public ServiceOptions withCache(Path folder) {
    return new ServiceOptions(
        mostStreams,
        mostFrames,
        mostAhead,
        firstSample,
        reserve,
        idle,
        rows,
        workers,
        Optional.of(folder),
        clock);
  }

  /** These options with another clock. */
  public ServiceOptions withClock(LongSupplier nanos) {
    return new ServiceOptions(
        mostStreams,
        mostFrames,
        mostAhead,
        firstSample,
        reserve,
        idle,
        rows,
        workers,
        cache,
        nanos);
  }
}
