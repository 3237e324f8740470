package org.wavebridge.runtime.internal.tensorrt;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.assemble.PreparedGraph;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.runtime.spi.GraphChain;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * One graph on TensorRT. The calls of all sessions of a backend follow each other in its stream.
 */
final class TensorRtSession implements GraphSession {
  private final Gpu gpu;
  private final PreparedGraph graph;
  private final String label;
  private final Engines engines;
  private final Set<TensorRtChain> chains = new HashSet<>();
  private boolean closed;

  TensorRtSession(Gpu gpu, PreparedGraph graph, String label) {
    this.gpu = gpu;
    this.graph = graph;
    this.label = label;
    this.engines = new Engines(gpu, graph, label);
  }

  @Override
  public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, long[]> vectors) {
    synchronized (gpu) {
      CallShapes call = shapes(inputs, vectors, Map.of());
      int rows = Math.toIntExact(call.of(Dim.N.symbol()));
      if (rows <= SizeRange.MOST_ROWS) {
        return run(call, inputs, vectors, Map.of());
      }
      return RowGroups.run(
          graph.inputs(),
          inputs,
          rows,
          SizeRange.MOST_ROWS,
          group -> run(shapes(group, vectors, Map.of()), group, vectors, Map.of()));
    }
  }

  @Override
  public Optional<GraphChain> chain(Map<String, Tensor> start) {
    synchronized (gpu) {
      TensorRtChain chain = new TensorRtChain(this, start, gpu);
      chains.add(chain);
      return Optional.of(chain);
    }
  }

  /** Forgets a chain that was closed. */
  void ended(TensorRtChain chain) {
    chains.remove(chain);
  }

  /**
   * Reads the sizes of a call.
   *
   * @param onDevice shapes of inputs that are on the device
   * @throws GraphException if an input does not fit the graph
   */
  CallShapes shapes(
      Map<String, Tensor> inputs, Map<String, long[]> vectors, Map<String, long[]> onDevice) {
    Map<String, long[]> shapes = new HashMap<>(onDevice);
    inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    vectors.forEach((name, values) -> shapes.put(name, new long[] {values.length}));
    graph.leftOut().forEach(shapes::remove);
    return CallShapes.of(graph.inputs(), shapes, label);
  }

  /** Runs a call of at most {@link SizeRange#MOST_ROWS} rows. */
  Map<String, Tensor> run(
      CallShapes call,
      Map<String, Tensor> inputs,
      Map<String, long[]> vectors,
      Map<String, Long> onDevice) {
    if (closed) {
      throw new IllegalStateException(label + ": the session is closed");
    }
    return engines.of(call).run(call, inputs, vectors, onDevice);
  }

  @Override
  public void close() {
    synchronized (gpu) {
      closed = true;
      Set.copyOf(chains).forEach(TensorRtChain::close);
      engines.close();
    }
  }
}
