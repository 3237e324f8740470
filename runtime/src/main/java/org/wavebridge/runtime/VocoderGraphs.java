package org.wavebridge.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.assemble.StreamedConditioner;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.BundleManifest.SubscalePart;
import org.wavebridge.graphs.bundle.BundledModel;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.runtime.internal.lifetime.GuardedBackend;
import org.wavebridge.runtime.internal.onnxruntime.OnnxRuntimeLibrary;
import org.wavebridge.runtime.io.SpeakerEmbedding;
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
  private Optional<FrameConditioner> frameConditioner = Optional.empty();
  private boolean frameConditionerKnown;
  private boolean closed;

  /**
   * The graphs of a bundle.
   *
   * @param subscale the sub-tensors, with the factor in use
   */
  private VocoderGraphs(
      Bundle bundle, Backend backend, String precision, Optional<SubscalePart> subscale) {
    this.bundle = bundle;
    this.backend = GuardedBackend.of(backend);
    this.precision = precision;
    this.subscale = subscale;
  }

  /** Opens a bundle; see {@link Vocoder#open}. */
  static VocoderGraphs open(Path path, VocoderOptions options) {
    OnnxRuntimeLibrary.checkLevel();
    return open(path, options, () -> Backends.create(options.backend(), options.threads()));
  }

  /** Opens a bundle on a backend that is made when the bundle has been found good. */
  static VocoderGraphs open(Path path, VocoderOptions options, Supplier<Backend> backend) {
    Bundle bundle = Bundle.open(path);
    Optional<SubscalePart> subscale = subscale(bundle, options);
    GraphKind loop = subscale.isPresent() ? GraphKind.SUBSCALE_GENERATE : GraphKind.GENERATE;
    if (!bundle.has(loop, options.precision())) {
      throw new BundleException(
          "%s: expected a precision of the bundle's graphs, %s, found '%s'"
              .formatted(path, precisions(bundle, loop), options.precision()));
    }
    return new VocoderGraphs(bundle, backend.get(), options.precision(), subscale);
  }

  private static String precisions(Bundle bundle, GraphKind loop) {
    return bundle.manifest().graphs().stream()
        .filter(graph -> graph.kind() == loop)
        .map(BundleManifest.GraphFile::precision)
        .distinct()
        .collect(Collectors.joining(" or "));
  }

  /** The sub-tensors of the bundle's subscale generation, with the factor that is asked for. */
  private static Optional<SubscalePart> subscale(Bundle bundle, VocoderOptions options) {
    Optional<SubscalePart> subscale = bundle.manifest().subscale();
    if (options.factor().isEmpty()) {
      return subscale;
    }
    int factor = options.factor().getAsInt();
    SubscalePart part =
        subscale.orElseThrow(
            () ->
                new InputException(
                    "%s: a subscale factor of %d was asked for, but this bundle makes one sample after the other"
                        .formatted(bundle.path(), factor)));
    int most = Math.min(part.trainedFactor(), Subscale.MAXIMUM_FACTOR);
    if (factor > most) {
      throw new InputException(
          "%s: a subscale factor of %d was asked for, but the bundle was trained for at most %d"
              .formatted(bundle.path(), factor, most));
    }
    return Optional.of(part.withFactor(factor));
  }

  /** The sub-tensors of subscale generation, with the factor in use. */
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
    return run(kind, inputs, Map.of());
  }

  Map<String, Tensor> run(GraphKind kind, Map<String, Tensor> inputs, Map<String, long[]> vectors) {
    requireRunning();
    return session(kind).run(inputs, vectors);
  }

  /** Before each call of a graph: an interrupted thread stops here. */
  void requireRunning() {
    requireOpen();
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedVocodingException(null);
    }
  }

  synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the vocoder is closed");
    }
  }

  synchronized GraphSession session(GraphKind kind) {
    requireOpen();
    GraphSession session = sessions.get(kind);
    if (session == null) {
      session = backend.open(read(kind), label(kind));
      sessions.put(kind, session);
    }
    return session;
  }

  /**
   * Runs the conditioner over new frames.
   *
   * @param inputs of the graph by name
   */
  Map<String, Tensor> run(FrameConditioner conditioner, Map<String, Tensor> inputs) {
    requireRunning();
    return conditioner.session().run(inputs);
  }

  /**
   * The conditioner's input {@code speaker} of one row, by name; none for bundles without.
   *
   * @throws InputException if the bundle takes an embedding and there is none, takes none and there
   *     is one, or takes one of another size
   */
  Map<String, Tensor> speaker(Optional<SpeakerEmbedding> given) {
    int size = manifest().speakerSize();
    if (size == 0 && given.isPresent()) {
      throw new InputException(
          "%s: a speaker embedding was given, but this bundle takes none; leave it out"
              .formatted(bundle.path()));
    }
    if (size > 0 && given.isEmpty()) {
      throw new InputException(
          "%s: expected the speaker embedding that this bundle takes, %d values, found none; give one (--speaker, or the input 'speaker' of a request)"
              .formatted(bundle.path(), size));
    }
    if (size == 0) {
      return Map.of();
    }
    float[] values = given.orElseThrow().values();
    if (values.length != size) {
      throw new InputException(
          "%s: expected a speaker embedding of %d values, found %d"
              .formatted(bundle.path(), size, values.length));
    }
    return Map.of("speaker", new Tensor(values, 1, size));
  }

  /** The conditioner frame by frame; empty where conditioning depends on the whole utterance. */
  synchronized Optional<FrameConditioner> frameConditioner() {
    requireOpen();
    if (!frameConditionerKnown) {
      String label = label(GraphKind.CONDITIONER) + ", frame by frame";
      frameConditioner =
          StreamedConditioner.of(
                  read(() -> BundledModel.of(bundle, precision)), backend.hasKernels())
              .map(
                  form ->
                      FrameConditioner.of(
                          form, backend.open(form.graph().toBytes(), label), label));
      frameConditionerKnown = true;
    }
    return frameConditioner;
  }

  private byte[] read(GraphKind kind) {
    return read(() -> bundle.graph(kind, precisionOf(kind)));
  }

  /** An interrupt ends the reading of a file, too. */
  private static <R> R read(Supplier<R> read) {
    try {
      return read.get();
    } catch (BundleException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedVocodingException(e);
      }
      throw e;
    }
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
    return output(label(kind), outputs, name, shape);
  }

  /** An output of a graph with a label. */
  static Tensor output(String label, Map<String, Tensor> outputs, String name, long... shape) {
    Tensor tensor = outputs.get(name);
    if (tensor == null) {
      throw new GraphException(
          "%s: no output '%s', only %s".formatted(label, name, outputs.keySet()));
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
                  label,
                  name,
                  Arrays.toString(shape),
                  Arrays.toString(found),
                  BundleManifest.FILE));
    }
    return tensor;
  }

  /** The name of a graph in messages. */
  String label(GraphKind kind) {
    return bundle.path() + ": " + kind.label();
  }

  /** Some graphs exist in f32 only. */
  private String precisionOf(GraphKind kind) {
    return switch (kind) {
      case FEATURES, CONDITIONER, CONTEXT, SYNTHESIS, DECODE, STREAM_CONDITIONER ->
          BundleManifest.F32;
      case STEP, GENERATE, SEEDED_GENERATE, SUBSCALE, SUBSCALE_GENERATE, SCORE -> precision;
    };
  }

  @Override
  public void close() {
    List<GraphSession> opened;
    synchronized (this) {
      closed = true;
      opened = new ArrayList<>(sessions.values());
      frameConditioner.ifPresent(each -> opened.add(each.session()));
    }
    try {
      // Not under the lock, which calls take: the sessions wait for those that run.
      opened.forEach(GraphSession::close);
    } finally {
      backend.close();
      bundle.close();
    }
  }
}
