package org.wavebridge.conformance.parity;

/** The quick set on the golden checkpoints, backend {@code stock}: also how a backend is tested. */
final class StockGoldenConformanceTest extends GoldenConformance {
  StockGoldenConformanceTest() {
    super("stock");
  }
}
