package org.wavebridge.runtime.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.BundleManifest.BandPart;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Times calls of one vocoder's {@code generate} graph on made-up conditioning. The length of a call
 * is fixed by a warm-up so that it takes some tens of milliseconds; the state is carried from call
 * to call, as in generation.
 */
public final class GenerateBenchmark implements Benchmark {
  private static final long CALL_NANOS = 30_000_000;
  private static final long TURN_NANOS = 200_000_000;
  private static final int LONGEST_CALL = 1 << 16;

  private final Vocoder vocoder;
  private final int rows;
  private final GraphSession session;
  private final double setupSeconds;
  private final List<Double> seconds = new ArrayList<>();
  private Map<String, Tensor> inputs = Map.of();
  private int samples;

  /**
   * Opens the graph and warms up.
   *
   * @param vocoder stays open as long as the benchmark is used
   * @param rows sequences per call
   */
  public GenerateBenchmark(Vocoder vocoder, int rows) {
    this.vocoder = vocoder;
    this.rows = rows;
    long start = System.nanoTime();
    session = vocoder.graph(GraphKind.GENERATE);
    setupSeconds = (System.nanoTime() - start) * 1e-9;
    warmUp();
  }

  @Override
  public void call() {
    seconds.add(timed() * 1e-9);
  }

  /**
   * Runs calls for some 200 ms and keeps their times, but that of the first: until it ends, threads
   * of whatever ran before may still be looking for work.
   */
  public void turn() {
    timed();
    long end = System.nanoTime() + TURN_NANOS;
    do {
      call();
    } while (System.nanoTime() < end);
  }

  @Override
  public double samplesPerSecond() {
    return timing().samplesPerSecond();
  }

  private int samplesPerStep() {
    return vocoder.manifest().bands().map(BandPart::count).orElse(1);
  }

  /** The timing of the calls so far. */
  public Timing timing() {
    double[] sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalStateException("no call was timed");
    }
    double median = sorted[sorted.length / 2];
    double p99 = sorted[Math.min(sorted.length - 1, (int) Math.ceil(sorted.length * 0.99) - 1)];
    int rate = vocoder.manifest().audio().sampleRate();
    return new Timing(
        sorted.length,
        samples,
        rows * samples / median,
        rows * samples / median / rate,
        median / samples * 1e6 * samplesPerStep(),
        median * 1e3,
        p99 * 1e3,
        setupSeconds);
  }

  /**
   * Figures of a benchmark.
   *
   * @param calls how many were timed
   * @param samplesPerCall samples of each row in a call
   * @param samplesPerSecond of all rows together, from the median call
   * @param timesRealTime samples per second over the sample rate
   * @param microsecondsPerStep time of one step of all rows: a sample, or one of each band
   * @param p50Milliseconds median time of a call
   * @param p99Milliseconds 99th percentile of the time of a call
   * @param setupSeconds time to open the graph
   */
  public record Timing(
      int calls,
      int samplesPerCall,
      double samplesPerSecond,
      double timesRealTime,
      double microsecondsPerStep,
      double p50Milliseconds,
      double p99Milliseconds,
      double setupSeconds) {}

  /** Doubles the length of a call until it is long enough, then runs a few to settle. */
  private void warmUp() {
    samples = 16 * samplesPerStep();
    prepare();
    while (timed() < CALL_NANOS && samples < LONGEST_CALL) {
      samples *= 2;
      prepare();
    }
    timed();
  }

  private void prepare() {
    BundleManifest manifest = vocoder.manifest();
    int hop = manifest.features().hop();
    Map<String, Tensor> made = new HashMap<>();
    Uniforms random = new Uniforms(1);
    for (Conditioning tensor : manifest.conditioning()) {
      int vectors =
          switch (tensor.rate()) {
            case FRAME -> (samples + hop - 1) / hop;
            case SAMPLE -> samples;
          };
      made.put(tensor.name(), random(random, vectors, tensor.size()));
    }
    made.put("uniforms", random(random, samples, manifest.network().draws()));
    made.put("temperature", Tensor.repeated(1, rows));
    int previous = manifest.network().initialPrevious().size();
    made.put("previous", new Tensor(new float[rows * previous], rows, previous));
    int state = manifest.network().stateSize();
    made.put("state", new Tensor(new float[rows * state], rows, state));
    inputs = made;
  }

  private Tensor random(Uniforms random, int vectors, int size) {
    float[] values = new float[rows * vectors * size];
    for (int row = 0; row < rows; row++) {
      random.fill(values, row * vectors * size, row, 0, vectors, size);
    }
    return new Tensor(values, rows, vectors, size);
  }

  private long timed() {
    long start = System.nanoTime();
    Map<String, Tensor> outputs = session.run(inputs);
    long nanos = System.nanoTime() - start;
    carry(outputs, "previous");
    carry(outputs, "state");
    return nanos;
  }

  private void carry(Map<String, Tensor> outputs, String name) {
    Tensor next = outputs.get("next_" + name);
    if (next != null) {
      inputs.put(name, next);
    }
  }
}
