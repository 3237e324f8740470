package org.wavebridge.runtime.spi;

import java.util.Map;

/**
 * Calls of one graph in which some inputs are what the call before gave: the input {@code X} is the
 * last output {@code next_X}. Those tensors stay where the graph runs. For one thread at a time.
 */
public interface GraphChain extends AutoCloseable {
  /**
   * Runs the next call.
   *
   * @param inputs every float input but the carried ones
   * @param vectors as for {@link GraphSession#run(Map, Map)}
   * @return every output but the carried ones
   * @throws org.wavebridge.graphs.GraphException as {@link GraphSession#run(Map, Map)}
   */
  Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, long[]> vectors);

  /**
   * Gives back what the carried tensors take; the session does so too when it is closed. Called
   * once, while no call runs, by any thread.
   */
  @Override
  void close();
}
