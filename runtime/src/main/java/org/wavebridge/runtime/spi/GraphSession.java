package org.wavebridge.runtime.spi;

import java.util.Map;

/** One graph, ready to run. Safe for use by several threads. */
public interface GraphSession extends AutoCloseable {
  /** Runs a graph whose inputs are all floats, as the other overload does. */
  default Map<String, Tensor> run(Map<String, Tensor> inputs) {
    return run(inputs, Map.of());
  }

  /**
   * Runs the graph.
   *
   * @param inputs every float input by name
   * @param vectors every other input by name, {@code [n]}: whole numbers, or 1 and 0 for true and
   *     false
   * @return every output by name
   * @throws org.wavebridge.graphs.GraphException if an input does not fit or the engine fails; the
   *     message names the graph
   */
  Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, long[]> vectors);

  @Override
  void close();
}
