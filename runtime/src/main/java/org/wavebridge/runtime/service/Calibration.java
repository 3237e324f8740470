package org.wavebridge.runtime.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.runtime.service.CallCosts.Size;

/**
 * Measures what calls of an engine take, for more and more rows, until more of them gain nothing or
 * a call takes too long; with as many calls at the same time as a service makes.
 */
final class Calibration {
  private static final Logger LOG = LoggerFactory.getLogger(Calibration.class);
  private static final int MANY = CallCosts.FRAMES;
  private static final int MOST_ROWS = 64;
  private static final long TURN_NANOS = 60_000_000;
  private static final int LEAST_TURNS = 3;
  private static final int WARM_UP = 6;

  /** Frames of an utterance that must be there before its first sample is made. */
  private static final int WHOLE = 10 * MANY;

  /** Rows that gain less than this are not worth their time. */
  private static final double GAIN = 1.03;

  private final Engine engine;
  private final int workers;
  private final double longest;

  /**
   * A calibration.
   *
   * @param workers calls at the same time
   * @param longest seconds of a call of one frame, if it has more than one row
   */
  Calibration(Engine engine, int workers, double longest) {
    this.engine = engine;
    this.workers = workers;
    this.longest = longest;
  }

  /**
   * Measures.
   *
   * @param threads of a call, which the engine has
   */
  CallCosts measure(int threads) {
    List<Size> sizes = new ArrayList<>();
    int best = 0;
    ExecutorService pool = Executors.newFixedThreadPool(workers);
    try {
      // The JVM compiles what runs often.
      for (int i = 0; i < WARM_UP; i++) {
        size(pool, 1);
      }
      int most = engine.format().together() ? MOST_ROWS : 1;
      // A gain may come a step late, where rows fill a vector.
      for (int rows = 1; rows <= most && sizes.size() <= best + 2; rows *= 2) {
        Size size = size(pool, rows);
        if (rows > 1 && size.callSeconds() + size.frameSeconds() > longest) {
          break;
        }
        sizes.add(size);
        if (speed(size) > speed(sizes.get(best)) * GAIN) {
          best = sizes.size() - 1;
        }
      }
    } finally {
      pool.shutdownNow();
    }
    CallCosts costs = new CallCosts(workers, threads, List.copyOf(sizes.subList(0, best + 1)));
    LOG.info(
        "calibrated: {} calls at a time, {} threads each, {} rows; {} streams in real time",
        workers,
        threads,
        costs.rows(),
        String.format(
            "%.1f",
            costs.framesPerSecond(workers * costs.rows()) * engine.format().frameSeconds()));
    return costs;
  }

  private static double speed(Size size) {
    return size.rows() / (size.callSeconds() + MANY * size.frameSeconds());
  }

  private Size size(ExecutorService pool, int rows) {
    List<Future<double[]>> timings = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      timings.add(pool.submit(() -> times(rows)));
    }
    double one = 0;
    double many = 0;
    for (Future<double[]> timing : timings) {
      double[] seconds = get(timing);
      one += seconds[0] / workers;
      many += seconds[1] / workers;
    }
    double frame = Math.max(0.01 * many / MANY, (many - one) / (MANY - 1));
    return new Size(rows, Math.max(0, one - frame), frame);
  }

  private static double[] get(Future<double[]> timing) {
    try {
      return timing.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring calls", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("measuring calls failed", e);
    }
  }

  /**
   * Seconds of calls of one frame and of many, of the fastest ones: what other programs take says
   * nothing of rows, and the service notices it while it runs.
   */
  private double[] times(int rows) {
    List<Voice> voices = new ArrayList<>();
    Random random = new Random(rows);
    boolean whole = engine.format().whole();
    for (int row = 0; row < rows; row++) {
      Voice voice = engine.voice(engine.anyone(row));
      voices.add(voice);
      feed(voice, random, whole ? WHOLE : (int) voice.needed(0));
      if (whole) {
        voice.end();
      }
    }
    try {
      double one = Double.POSITIVE_INFINITY;
      double many = Double.POSITIVE_INFINITY;
      call(voices, random, 1);
      long end = System.nanoTime() + TURN_NANOS;
      for (int turn = 0; turn < LEAST_TURNS || goesOn(voices, end); turn++) {
        one = Math.min(one, call(voices, random, 1));
        many = Math.min(many, call(voices, random, MANY));
      }
      return new double[] {one, many};
    } finally {
      voices.forEach(Voice::close);
    }
  }

  private boolean goesOn(List<Voice> voices, long end) {
    return System.nanoTime() < end
        && (!engine.format().whole() || voices.get(0).ready(0, true) > MANY);
  }

  private double call(List<Voice> voices, Random random, int frames) {
    long start = System.nanoTime();
    for (Voice voice : voices) {
      feed(voice, random, engine.format().whole() ? 0 : frames);
    }
    engine.advance(voices, frames);
    return (System.nanoTime() - start) * 1e-9;
  }

  private void feed(Voice voice, Random random, int frames) {
    if (frames > 0) {
      float[] values = new float[frames * engine.format().mels()];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextFloat();
      }
      voice.add(values);
    }
  }
}
