package org.wavebridge.runtime.spi;

import java.util.Map;
import java.util.Optional;

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

  /**
   * Begins a chain of calls that keep tensors where the graph runs.
   *
   * @param start the carried inputs of the first call by name
   * @return empty where tensors are in the memory of this process anyway
   */
  default Optional<GraphChain> chain(Map<String, Tensor> start) {
    return Optional.empty();
  }

  /** Gives back what the graph takes. Called once, while no call runs, by any thread. */
  @Override
  void close();
}
