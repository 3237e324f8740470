package org.wavebridge.runtime.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.BundleManifest.BandPart;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/** Times calls of one graph around the loop of samples, on made-up input of some frames. */
public final class GraphBenchmark {
  /** The graphs that can be timed alone. */
  public static final Set<GraphKind> KINDS =
      Set.of(GraphKind.CONDITIONER, GraphKind.FEATURES, GraphKind.SYNTHESIS);

  private static final long TURN_NANOS = 200_000_000;

  private final GraphSession session;
  private final Map<String, Tensor> inputs;
  private final int frames;
  private final double setupSeconds;
  private final List<Double> seconds = new ArrayList<>();

  /**
   * Opens the graph and warms up.
   *
   * @param vocoder stays open as long as the benchmark is used
   * @param kind one of {@link #KINDS}
   * @param frames of a call
   * @param speaker of a bundle that takes one; for {@code conditioner}
   */
  public GraphBenchmark(
      Vocoder vocoder, GraphKind kind, int frames, Optional<SpeakerEmbedding> speaker) {
    this.frames = frames;
    this.inputs = inputs(vocoder.manifest(), kind, frames);
    if (kind == GraphKind.CONDITIONER) {
      speaker.ifPresent(
          who -> inputs.put("speaker", new Tensor(who.values(), 1, who.values().length)));
    }
    long start = System.nanoTime();
    this.session = vocoder.graph(kind);
    this.setupSeconds = (System.nanoTime() - start) * 1e-9;
    timed();
    timed();
  }

  /** Runs calls for some 200 ms and keeps their times, but that of the first. */
  public void turn() {
    timed();
    long end = System.nanoTime() + TURN_NANOS;
    do {
      seconds.add(timed() * 1e-9);
    } while (System.nanoTime() < end);
  }

  private long timed() {
    long start = System.nanoTime();
    session.run(inputs);
    return System.nanoTime() - start;
  }

  private static Map<String, Tensor> inputs(BundleManifest manifest, GraphKind kind, int frames) {
    int mels = manifest.features().mels();
    int samples = Math.multiplyExact(frames, manifest.features().hop());
    Map<String, Tensor> made = new HashMap<>();
    switch (kind) {
      case CONDITIONER -> made.put("features", random(1, mels, frames));
      case FEATURES -> made.put("waveform", random(1, samples));
      case SYNTHESIS -> {
        int state =
            manifest.bands().map(BandPart::synthesis).map(BandSynthesis::stateSize).orElse(0);
        made.put("values", random(1, samples));
        made.put("state", new Tensor(new float[state], 1, state));
      }
      default ->
          throw new IllegalArgumentException(
              "expected one of %s, found %s".formatted(KINDS, kind.label()));
    }
    return made;
  }

  private static Tensor random(long... shape) {
    long size = 1;
    for (long length : shape) {
      size = Math.multiplyExact(size, length);
    }
    float[] values = new float[Math.toIntExact(size)];
    new Uniforms(1).fill(values, 0, 0, 0, values.length, 1);
    return new Tensor(values, shape);
  }

  /** The timing of the calls so far. */
  public Timing timing() {
    double[] sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalStateException("no call was timed");
    }
    double median = sorted[sorted.length / 2];
    double p99 = sorted[Math.min(sorted.length - 1, (int) Math.ceil(sorted.length * 0.99) - 1)];
    return new Timing(
        sorted.length, frames, median / frames * 1e6, median * 1e3, p99 * 1e3, setupSeconds);
  }

  /**
   * Figures of a benchmark.
   *
   * @param calls how many were timed
   * @param framesPerCall frames of each
   * @param microsecondsPerFrame from the median call
   * @param p50Milliseconds median time of a call
   * @param p99Milliseconds 99th percentile of the time of a call
   * @param setupSeconds time to open the graph
   */
  public record Timing(
      int calls,
      int framesPerCall,
      double microsecondsPerFrame,
      double p50Milliseconds,
      double p99Milliseconds,
      double setupSeconds) {}
}
