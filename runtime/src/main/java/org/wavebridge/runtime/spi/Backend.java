package org.wavebridge.runtime.spi;

/** Something that executes graphs, with its settings. Safe for use by several threads. */
public interface Backend extends AutoCloseable {
  /** The name users choose it by. */
  String name();

  /**
   * Prepares a graph.
   *
   * @param graph the serialised ONNX model
   * @param label what the graph is, for messages
   * @throws org.wavebridge.graphs.GraphException if the engine refuses it
   */
  GraphSession open(byte[] graph, String label);

  /**
   * Whether every operator of the domain runs by a kernel of ours, so that one in place of many
   * nodes costs less than they.
   */
  default boolean hasKernels() {
    return false;
  }

  /** Gives back what the sessions shared, after the last of them was closed. */
  @Override
  default void close() {}
}
