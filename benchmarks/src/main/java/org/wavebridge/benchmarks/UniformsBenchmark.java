package org.wavebridge.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.wavebridge.runtime.Uniforms;

/** The random numbers of a second of audio at 16 kHz, in calls of 32 frames. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class UniformsBenchmark {
  private static final int RATE = 16_000;
  private static final int CALL = 32 * 200;

  /** Random numbers that one sample takes. */
  @Param({"1", "2", "11"})
  public int draws;

  private final Uniforms uniforms = new Uniforms(7);

  /** Draws them as a stream does. */
  @Benchmark
  public float[] second() {
    float[] target = new float[CALL * draws];
    for (int sample = 0; sample < RATE; sample += CALL) {
      uniforms.fill(target, 0, 0, sample, CALL, draws);
    }
    return target;
  }
}
