package org.wavebridge.conformance.cases;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.wavebridge.conformance.targets.ConformanceTarget;
import org.wavebridge.conformance.targets.TestGraph;
import org.wavebridge.runtime.spi.GraphSession;

/** The graphs that a target has open, each opened once. */
public final class OpenGraphs implements AutoCloseable {
  private final ConformanceTarget target;
  private final Map<Key, GraphSession> sessions = new HashMap<>();

  private record Key(String label, int content) {}

  /** None open yet. */
  public OpenGraphs(ConformanceTarget target) {
    this.target = target;
  }

  /** The target. */
  public ConformanceTarget target() {
    return target;
  }

  /**
   * A graph; stays open until this is closed.
   *
   * @throws org.wavebridge.conformance.targets.DeclinedException if the target does not run it
   */
  public GraphSession open(TestGraph graph) {
    Key key = new Key(graph.label(), Arrays.hashCode(graph.onnx()));
    GraphSession session = sessions.get(key);
    if (session == null) {
      session = target.open(graph);
      sessions.put(key, session);
    }
    return session;
  }

  @Override
  public void close() {
    sessions.values().forEach(GraphSession::close);
    sessions.clear();
  }
}
