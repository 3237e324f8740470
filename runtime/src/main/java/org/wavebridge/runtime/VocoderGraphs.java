package org.wavebridge.runtime;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.build.GraphKind;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * A bundle's graphs on a backend, each opened when it is first needed. Safe for use by several
 * threads.
 */
final class VocoderGraphs implements AutoCloseable {
  private final Bundle bundle;
  private final Backend backend;
  private final String precision;
  private final Map<GraphKind, GraphSession> sessions = new EnumMap<>(GraphKind.class);
  private boolean closed;

  VocoderGraphs(Bundle bundle, Backend backend, String precision) {
    this.bundle = bundle;
    this.backend = backend;
    this.precision = precision;
  }

  BundleManifest manifest() {
    return bundle.manifest();
  }

  Bundle bundle() {
    return bundle;
  }

  Backend backend() {
    return backend;
  }

  Map<String, Tensor> run(GraphKind kind, Map<String, Tensor> inputs) {
    return session(kind).run(inputs);
  }

  synchronized GraphSession session(GraphKind kind) {
    if (closed) {
      throw new IllegalStateException("the vocoder is closed");
    }
    GraphSession session = sessions.get(kind);
    if (session == null) {
      String label = bundle.path() + ": " + kind.label();
      session = backend.open(bundle.graph(kind, precisionOf(kind)), label);
      sessions.put(kind, session);
    }
    return session;
  }

  /**
   * The values fed back and the state before the first sample of {@code rows} rows: {@code
   * previous}, {@code state}.
   */
  Map<String, Tensor> start(int rows) {
    BundleManifest.Network network = manifest().network();
    int size = network.initialPrevious().size();
    float[] previous = new float[rows * size];
    for (int i = 0; i < previous.length; i++) {
      previous[i] = network.initialPrevious().get(i % size);
    }
    Map<String, Tensor> start = new HashMap<>();
    start.put("previous", new Tensor(previous, rows, size));
    start.put(
        "state", new Tensor(new float[rows * network.stateSize()], rows, network.stateSize()));
    return start;
  }

  /** The carried tensors of the next call, from the outputs of the last. */
  static Map<String, Tensor> carried(Map<String, Tensor> outputs) {
    Map<String, Tensor> next = new HashMap<>();
    next.put("previous", output(outputs, "next_previous"));
    next.put("state", output(outputs, "next_state"));
    return next;
  }

  static Tensor output(Map<String, Tensor> outputs, String name) {
    Tensor tensor = outputs.get(name);
    if (tensor == null) {
      throw new GraphException(
          "the graph has no output '%s', only %s".formatted(name, outputs.keySet()));
    }
    return tensor;
  }

  /** Feature analysis and conditioner exist in f32 only. */
  private String precisionOf(GraphKind kind) {
    return kind == GraphKind.FEATURES || kind == GraphKind.CONDITIONER
        ? BundleManifest.F32
        : precision;
  }

  @Override
  public synchronized void close() {
    closed = true;
    sessions.values().forEach(GraphSession::close);
    sessions.clear();
  }
}
