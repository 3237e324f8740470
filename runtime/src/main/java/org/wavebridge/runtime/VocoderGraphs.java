package org.wavebridge.runtime;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.build.GraphKind;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.BundleManifest.SubscalePart;
import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * A bundle's graphs on a backend, each opened when it is first needed. Safe for use by several
 * threads.
 */
final class VocoderGraphs implements AutoCloseable {
  /** Any size of an axis. */
  static final long ANY = -1;

  private final Bundle bundle;
  private final Backend backend;
  private final String precision;
  private final Optional<SubscalePart> subscale;
  private final Map<GraphKind, GraphSession> sessions = new EnumMap<>(GraphKind.class);
  private boolean closed;

  /**
   * The graphs of a bundle.
   *
   * @param subscale how utterances are folded, with the factor in use
   */
  VocoderGraphs(Bundle bundle, Backend backend, String precision, Optional<SubscalePart> subscale) {
    this.bundle = bundle;
    this.backend = backend;
    this.precision = precision;
    this.subscale = subscale;
  }

  /** How utterances are folded, with the factor in use. */
  Optional<SubscalePart> subscale() {
    return subscale;
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

  Map<String, Tensor> run(GraphKind kind, Map<String, Tensor> inputs, Map<String, long[]> vectors) {
    return session(kind).run(inputs, vectors);
  }

  synchronized GraphSession session(GraphKind kind) {
    if (closed) {
      throw new IllegalStateException("the vocoder is closed");
    }
    GraphSession session = sessions.get(kind);
    if (session == null) {
      session = backend.open(bundle.graph(kind, precisionOf(kind)), label(kind));
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

  /** The carried tensors of the next call of {@code rows} rows, from the outputs of the last. */
  Map<String, Tensor> carried(GraphKind kind, Map<String, Tensor> outputs, int rows) {
    BundleManifest.Network network = manifest().network();
    int size = network.initialPrevious().size();
    Map<String, Tensor> next = new HashMap<>();
    next.put("previous", output(kind, outputs, "next_previous", rows, size));
    next.put("state", output(kind, outputs, "next_state", rows, network.stateSize()));
    return next;
  }

  /**
   * An output of a graph.
   *
   * @param shape that it must have; {@link #ANY} where any size will do
   * @throws GraphException if there is none, or it has another shape
   */
  Tensor output(GraphKind kind, Map<String, Tensor> outputs, String name, long... shape) {
    Tensor tensor = outputs.get(name);
    if (tensor == null) {
      throw new GraphException(
          "%s: no output '%s', only %s".formatted(label(kind), name, outputs.keySet()));
    }
    long[] found = tensor.shape();
    boolean fits = found.length == shape.length;
    for (int axis = 0; fits && axis < shape.length; axis++) {
      fits = shape[axis] == ANY || shape[axis] == found[axis];
    }
    if (!fits) {
      throw new GraphException(
          "%s: output '%s': expected %s, found %s; the graph and %s do not belong together"
              .formatted(
                  label(kind),
                  name,
                  Arrays.toString(shape),
                  Arrays.toString(found),
                  BundleManifest.FILE));
    }
    return tensor;
  }

  private String label(GraphKind kind) {
    return bundle.path() + ": " + kind.label();
  }

  /** Some graphs exist in f32 only. */
  private String precisionOf(GraphKind kind) {
    return switch (kind) {
      case FEATURES, CONDITIONER, CONTEXT -> BundleManifest.F32;
      case STEP, GENERATE, SUBSCALE, SUBSCALE_GENERATE, SCORE -> precision;
    };
  }

  @Override
  public synchronized void close() {
    closed = true;
    sessions.values().forEach(GraphSession::close);
    sessions.clear();
  }
}
