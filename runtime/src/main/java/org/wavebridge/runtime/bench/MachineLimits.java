package org.wavebridge.runtime.bench;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Two upper bounds of the machine, measured by simple Java loops that the virtual machine turns
 * into vector instructions. They are what such loops reach, not the data sheet's peaks: a kernel in
 * assembly may exceed them by some tens of percent, so a share above 1 is possible and says that
 * the bound is loose. Each figure is the best of several tries of some 40 ms, so that time taken by
 * other programs counts little.
 */
public final class MachineLimits {
  private static final int TRIES = 5;
  private static final long TRY_NANOS = 40_000_000;
  private static final int LANES = 4096;
  private static final int CHAIN = 16;
  private static final long SMALLEST = 4096;

  private MachineLimits() {}

  /**
   * Bytes per second at which threads together read a buffer over and over, each its own part of
   * it: the bandwidth of the cache it fits. The loop is {@link Arrays#mismatch(long[], long[])} of
   * two equal halves, which loads full vectors, compares, and stores nothing.
   *
   * @param bytes size of the whole buffer; at least 4096 for each thread are used
   * @param threads that read at once
   */
  public static double readBandwidth(long bytes, int threads) {
    long part = Math.max(SMALLEST, Math.min(bytes / threads, 1L << 30));
    int half = Math.toIntExact(part / (2 * Long.BYTES));
    return together(
        threads,
        () -> {
          long[] left = new long[half];
          long[] right = new long[half];
          return rate(() -> 2L * Long.BYTES * compared(left, right));
        });
  }

  /**
   * Fused f32 multiply-adds per second of threads together: 4096 values in the first cache, each
   * the start of a chain of 16, with enough of them independent to fill the units. Empty where the
   * virtual machine does not optimise (the loop would run value by value) or the processor has no
   * such instruction. There is no honest loop in Java for int8.
   *
   * @param threads that compute at once
   */
  public static OptionalDouble multiplyAdds(int threads) {
    if (!option("TieredStopAtLevel").equals("4") || !option("UseFMA").equals("true")) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(
        together(
            threads,
            () -> {
              float[] values = new float[LANES];
              return rate(() -> chains(values, 0.5f, 1));
            }));
  }

  private static int compared(long[] left, long[] right) {
    int found = Arrays.mismatch(left, right);
    return found < 0 ? left.length : found;
  }

  /** Sixteen multiply-adds on every value; converges to b / (1 - a), so never denormal. */
  private static long chains(float[] values, float a, float b) {
    for (int i = 0; i < values.length; i++) {
      float x = values[i];
      x = Math.fma(x, a, b);
      x = Math.fma(x, a, b);
      x = Math.fma(x, a, b);
      x = Math.fma(x, a, b);
      x = Math.fma(x, a, b);
      x = Math.fma(x, a, b);
      x = Math.fma(x, a, b);
      x = Math.fma(x, a, b);
      x = Math.fma(x, a, b);
      x = Math.fma(x, a, b);
      x = Math.fma(x, a, b);
      x = Math.fma(x, a, b);
      x = Math.fma(x, a, b);
      x = Math.fma(x, a, b);
      x = Math.fma(x, a, b);
      x = Math.fma(x, a, b);
      values[i] = x;
    }
    return (long) CHAIN * values.length;
  }

  /** The best amount per second over the tries; the first tries also warm up. */
  private static double rate(Pass pass) {
    double best = 0;
    for (int attempt = 0; attempt < TRIES; attempt++) {
      long start = System.nanoTime();
      long amount = 0;
      long elapsed = 0;
      while (elapsed < TRY_NANOS) {
        for (int i = 0; i < 4; i++) {
          amount += pass.run();
        }
        elapsed = System.nanoTime() - start;
      }
      best = Math.max(best, amount * 1e9 / elapsed);
    }
    return best;
  }

  private static double together(int threads, Callable<Double> work) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Double>> rates = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        rates.add(pool.submit(work));
      }
      double sum = 0;
      for (Future<Double> rate : rates) {
        sum += rate.get();
      }
      return sum;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring the machine", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("measuring the machine failed", e);
    } finally {
      pool.shutdownNow();
    }
  }

  /** The value of an option of the virtual machine; empty if it has none of that name. */
  private static String option(String name) {
    try {
      return ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .getVMOption(name)
          .getValue();
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** One pass of a loop. */
  @FunctionalInterface
  private interface Pass {
    /** Runs once and says how much it did. */
    long run();
  }
}
