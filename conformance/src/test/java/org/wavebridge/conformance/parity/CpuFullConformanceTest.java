package org.wavebridge.conformance.parity;

import org.junit.jupiter.api.Tag;

/** The whole suite on the golden checkpoints, backend {@code cpu}. */
@Tag("slow")
final class CpuFullConformanceTest extends GoldenConformance {
  CpuFullConformanceTest() {
    super("cpu");
  }

  @Override
  protected boolean quick() {
    return false;
  }
}
