package org.wavebridge.runtime.internal.tensorrt;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.GraphSession;

/**
 * TensorRT, and another backend for the graphs that it cannot run: features and teacher forcing,
 * whose operators have no plugin.
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
    Optional<String> refusal = prepared.refusal();
    if (refusal.isPresent()) {
      LOG.info("{} runs on backend '{}': {}", label, elsewhere.name(), refusal.get());
      return elsewhere.open(graph, label);
    }
    return new TensorRtSession(gpu, prepared, label);
  }

  @Override
  public void close() {
    elsewhere.close();
    gpu.close();
  }
}
