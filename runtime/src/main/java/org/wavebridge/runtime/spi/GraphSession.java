package org.wavebridge.runtime.spi;

import java.util.Map;

/** One graph, ready to run. Safe for use by several threads. */
public interface GraphSession extends AutoCloseable {
  /**
   * Runs the graph.
   *
   * @param inputs every input by name
   * @return every output by name
   * @throws org.wavebridge.graphs.GraphException if an input does not fit or the engine fails; the
   *     message names the graph
   */
  Map<String, Tensor> run(Map<String, Tensor> inputs);

  @Override
  void close();
}
