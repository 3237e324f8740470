package org.wavebridge.runtime.internal.tensorrt;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.wavebridge.graphs.assemble.PreparedGraph;
import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.GraphSession;

/**
 * TensorRT, and another backend for the graphs that it cannot run: features and teacher forcing,
 * whose operators have no plugin, and the samples of networks that have none.
 */
final class TensorRtBackend implements Backend {
  private static final Logger LOG = LoggerFactory.getLogger(TensorRtBackend.class);

  private final Gpu gpu;
  private final Backend elsewhere;

  TensorRtBackend(Gpu gpu, Backend elsewhere) {
    this.gpu = gpu;
    this.elsewhere = elsewhere;
  }

  @Override
  public String name() {
    return "tensorrt";
  }

  @Override
  public GraphSession open(byte[] graph, String label) {
    PreparedGraph prepared = PreparedGraph.of(graph);
    if (prepared.refusal().isPresent()) {
      LOG.atLevel(prepared.makesSamples() ? Level.WARN : Level.INFO)
          .log(note(label, elsewhere.name(), prepared));
      return elsewhere.open(graph, label);
    }
    return new TensorRtSession(gpu, prepared, label);
  }

  /** What is said of a graph that the other backend runs. */
  static String note(String label, String elsewhere, PreparedGraph prepared) {
    String reason = prepared.refusal().orElseThrow();
    return prepared.makesSamples()
        ? "%s runs on backend '%s', so no sample is made on the GPU: %s"
            .formatted(label, elsewhere, reason)
        : "%s runs on backend '%s': %s".formatted(label, elsewhere, reason);
  }

  @Override
  public void close() {
    elsewhere.close();
    gpu.close();
  }
}
