package org.wavebridge.conformance.parity;

import org.junit.jupiter.api.Tag;

/** The whole suite on the golden checkpoints, backend {@code stock}. */
@Tag("slow")
final class StockFullConformanceTest extends GoldenConformance {
  StockFullConformanceTest() {
    super("stock");
  }

  @Override
  protected boolean quick() {
    return false;
  }
}
