package org.wavebridge.runtime;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.runtime.spi.GraphChain;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Calls of a graph that hand previous values and state from one to the next: on the device, where
 * the backend keeps them there, else through this process. For one thread at a time.
 */
final class CarriedCalls {
  private final VocoderGraphs graphs;
  private final GraphKind kind;
  private final int rows;
  private Optional<GraphChain> chain = Optional.empty();
  private Map<String, Tensor> carried;
  private boolean begun;

  /**
   * Calls from the start of an utterance.
   *
   * @param kind a graph with {@code previous} and {@code state}
   */
  CarriedCalls(VocoderGraphs graphs, GraphKind kind, int rows) {
    this.graphs = graphs;
    this.kind = kind;
    this.rows = rows;
    this.carried = graphs.start(rows);
  }

  /**
   * Runs the next call.
   *
   * @param inputs every float input but previous values and state
   * @return the outputs; next previous values and state need not be there
   */
  Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, long[]> vectors) {
    graphs.requireRunning();
    if (!begun) {
      chain = graphs.session(kind).chain(carried);
      begun = true;
    }
    if (chain.isPresent()) {
      return chain.get().run(inputs, vectors);
    }
    Map<String, Tensor> all = new HashMap<>(inputs);
    all.putAll(carried);
    Map<String, Tensor> outputs = graphs.run(kind, all, vectors);
    carried = graphs.carried(kind, outputs, rows);
    return outputs;
  }

  /**
   * What the next call takes, for a call that is made elsewhere.
   *
   * @throws IllegalStateException if the backend keeps it on the device
   */
  Map<String, Tensor> carried() {
    if (chain.isPresent()) {
      throw new IllegalStateException(
          "a stream that was pushed alone cannot share calls with others on this backend");
    }
    return carried;
  }

  /** Takes what a call that was made elsewhere gave. */
  void carry(Map<String, Tensor> next) {
    carried = next;
  }

  /** After the last call; again does nothing. */
  void end() {
    chain.ifPresent(GraphChain::close);
  }
}
