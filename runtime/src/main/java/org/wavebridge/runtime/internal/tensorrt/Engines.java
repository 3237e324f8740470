package org.wavebridge.runtime.internal.tensorrt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.assemble.PreparedGraph;

/** The engines of one graph, one for each range of sizes that was asked for. */
final class Engines implements AutoCloseable {
  /** System property: {@code false} to queue every call piece by piece. */
  static final String CAPTURE_PROPERTY = "wavebridge.tensorrt.capture";

  private static final Logger LOG = LoggerFactory.getLogger(Engines.class);

  private final Gpu gpu;
  private final PreparedGraph graph;
  private final String label;
  private final List<EngineCalls> engines = new ArrayList<>();

  /**
   * The engines of a graph; none is built until a call needs it.
   *
   * @param label of the graph, for messages
   */
  Engines(Gpu gpu, PreparedGraph graph, String label) {
    this.gpu = gpu;
    this.graph = graph;
    this.label = label;
  }

  /** The engine for a call: one that is there, was kept by an earlier process, or is built now. */
  EngineCalls of(CallShapes call) {
    for (EngineCalls engine : engines) {
      if (engine.covers(call)) {
        return engine;
      }
    }
    SizeRange range = SizeRange.covering(call);
    EngineCalls calls = new EngineCalls(load(range), range, graph, label, gpu.stream(), captures());
    engines.add(calls);
    return calls;
  }

  /** Steps are so short that launching their kernels one by one would take most of the time. */
  private boolean captures() {
    return !graph.isLoop() && !"false".equals(System.getProperty(CAPTURE_PROPERTY));
  }

  private Engine load(SizeRange range) {
    byte[] model = graph.toBytes(range.mostRows());
    String key = PlanCache.key(model, range, gpu.plugins());
    PlanCache cache = gpu.cache();
    Optional<byte[]> kept = cache.plan(key);
    if (kept.isPresent()) {
      Optional<Engine> engine = Engine.load(gpu.library(), kept.get());
      if (engine.isPresent()) {
        return engine.get();
      }
      cache.dropPlan(key);
    }
    long start = System.nanoTime();
    EngineBuilder.Built built =
        new EngineBuilder(gpu.library(), label)
            .build(model, graph.inputs(), range, cache.timings());
    cache.keepPlan(key, built.plan());
    cache.keepTimings(built.timings());
    LOG.info(
        "{}: engine for {} built in {} s",
        label,
        range,
        (System.nanoTime() - start) / 1_000_000_000);
    return Engine.load(gpu.library(), built.plan())
        .orElseThrow(
            () ->
                new GraphException(
                    "%s: TensorRT does not load the engine that it built: %s"
                        .formatted(label, TensorRtLog.lastError())));
  }

  @Override
  public void close() {
    engines.forEach(EngineCalls::close);
    engines.clear();
  }
}
