package org.wavebridge.runtime.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.wavebridge.runtime.internal.onnxruntime.NativeLevel;
import org.wavebridge.runtime.internal.onnxruntime.NativeLimits;

/**
 * Two upper bounds of the machine: how fast it reads weights, and how fast it multiplies and adds.
 * The loops are native ones, with the instructions of the level that the kernels use. Empty where
 * the build has no native library for the machine.
 */
public final class MachineLimits {
  private static final long SMALLEST = 4096;
  private static final long LARGEST = 1L << 30;

  private MachineLimits() {}

  /**
   * The CPU level of the kernels that run, as {@code WAVEBRIDGE_CPU_LEVEL} names it: that of the
   * operator made last.
   *
   * @return empty before the first operator
   */
  public static Optional<String> cpuLevel() {
    return NativeLevel.inUse();
  }

  /**
   * Bytes per second at which threads together read a buffer over and over, each its own part of
   * it: the bandwidth of the cache it fits.
   *
   * @param bytes size of the whole buffer; 4096 to 2^30 for each thread are used
   * @param threads that read at once
   */
  public static OptionalDouble readBandwidth(long bytes, int threads) {
    long part = Math.max(SMALLEST, Math.min(bytes / threads, LARGEST));
    return together(threads, () -> NativeLimits.ofReading(part));
  }

  /**
   * Multiply-adds per second of threads together, with operands at hand: f32 ones in registers,
   * int8 ones with weights and activations of a few rows in the first cache.
   *
   * @param int8 of int8 values, else of f32
   * @param threads that compute at once
   */
  public static OptionalDouble multiplyAdds(boolean int8, int threads) {
    return together(threads, () -> NativeLimits.ofMultiplyAdds(int8));
  }

  private static OptionalDouble together(int threads, Supplier<OptionalDouble> limit) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<OptionalDouble>> limits = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        limits.add(pool.submit(limit::get));
      }
      double sum = 0;
      for (Future<OptionalDouble> each : limits) {
        sum += each.get().orElse(Double.NaN);
      }
      return Double.isNaN(sum) ? OptionalDouble.empty() : OptionalDouble.of(sum);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring the machine", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("measuring the machine failed", e);
    } finally {
      pool.shutdownNow();
    }
  }
}
