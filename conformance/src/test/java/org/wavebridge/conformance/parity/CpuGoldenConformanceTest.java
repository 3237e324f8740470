package org.wavebridge.conformance.parity;

/** The quick set on the golden checkpoints, backend {@code cpu}: also how a backend is tested. */
final class CpuGoldenConformanceTest extends GoldenConformance {
  CpuGoldenConformanceTest() {
    super("cpu");
  }
}
