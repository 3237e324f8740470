package org.wavebridge.runtime.internal.tensorrt;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.graphs.GraphException;

/**
 * The work of a call that is the same each time, captured into a CUDA graph and replayed: one
 * launch instead of one for every kernel and copy. Captured the second time that the same work is
 * asked for, since the first call of an engine still prepares things. Work that cannot be captured
 * is queued as it is.
 */
final class CapturedCall implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CapturedCall.class);

  private final String label;
  private List<Long> seen = List.of();
  private long graph;
  private boolean refused;

  /**
   * No work yet.
   *
   * @param label of the graph, for the log
   */
  CapturedCall(String label) {
    this.label = label;
  }

  /**
   * Queues work.
   *
   * @param key the same for the same work: shapes and addresses
   * @param work queues it piece by piece
   */
  void queue(List<Long> key, Runnable work, long stream) {
    if (!key.equals(seen)) {
      close();
      seen = key;
      work.run();
      return;
    }
    if (graph == 0 && !refused) {
      capture(work, stream);
    }
    if (graph == 0) {
      work.run();
    } else {
      Cuda.done(Cuda.launchGraph(graph, stream), label + ": launching a captured call");
    }
  }

  /** Whether the last work was replayed. */
  boolean replays() {
    return graph != 0;
  }

  private void capture(Runnable work, long stream) {
    if (Cuda.beginCapture(stream) != 0) {
      LOG.info("{}: its calls are not captured: CUDA does not begin to", label);
      refused = true;
      return;
    }
    try {
      work.run();
    } catch (GraphException e) {
      LOG.info("{}: its calls are not captured: {}", label, e.getMessage());
      refused = true;
    }
    // The stream leaves its capture in any case.
    long captured = Cuda.endCapture(stream);
    if (refused) {
      if (captured != 0) {
        Cuda.destroyGraph(captured);
      }
    } else if (captured == 0) {
      LOG.info("{}: its calls are not captured: CUDA refuses it", label);
      refused = true;
    } else {
      graph = captured;
    }
  }

  @Override
  public void close() {
    if (graph != 0) {
      Cuda.destroyGraph(graph);
      graph = 0;
    }
    seen = List.of();
  }
}
