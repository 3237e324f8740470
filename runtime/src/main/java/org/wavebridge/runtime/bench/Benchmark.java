package org.wavebridge.runtime.bench;

/** Something that is measured call by call, so that several can take turns. */
public interface Benchmark {
  /** Runs one call and keeps its time. */
  void call();

  /** Samples per second, of all rows together. */
  double samplesPerSecond();
}
