package org.wavebridge.runtime.bench;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.BundleManifest.SubscalePart;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.runtime.SubscaleSchedule;
import org.wavebridge.runtime.SubscaleWindow;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Times calls of one vocoder's {@code subscale_generate} graph that make an utterance of a given
 * length again and again, from its first step to its last, on made-up conditioning. A call is a
 * stretch of steps that takes some tens of milliseconds where all rows are active.
 */
public final class SubscaleBenchmark implements Benchmark {
  private static final long CALL_NANOS = 30_000_000;

  private final BundleManifest manifest;
  private final SubscalePart subscale;
  private final SubscaleSchedule schedule;
  private final SubscaleWindow window;
  private final GraphSession session;
  private final double setupSeconds;
  private final float[] uniforms;
  private final Map<Conditioning, float[]> conditioning = new HashMap<>();
  private final int stretch;
  private float[] audio;
  private Map<String, Tensor> carried = Map.of();
  private int step;
  private int utterances;
  private long steps;
  private long samples;
  private double seconds;

  /**
   * Opens the graph and warms up.
   *
   * @param vocoder of subscale utterances; stays open as long as the benchmark is used
   * @param samples of the utterance
   */
  public SubscaleBenchmark(Vocoder vocoder, int samples) {
    this.manifest = vocoder.manifest();
    this.subscale =
        vocoder
            .subscale()
            .orElseThrow(
                () -> new IllegalArgumentException("this bundle makes one sample after the other"));
    this.schedule =
        new SubscaleSchedule(subscale.factor(), subscale.horizon(), subscale.chunk(), samples);
    this.window = new SubscaleWindow(subscale);
    long start = System.nanoTime();
    session = vocoder.graph(GraphKind.SUBSCALE_GENERATE);
    setupSeconds = (System.nanoTime() - start) * 1e-9;
    Uniforms random = new Uniforms(1);
    uniforms = random(random, samples, manifest.network().draws());
    int hop = manifest.features().hop();
    for (Conditioning tensor : manifest.conditioning()) {
      int vectors =
          switch (tensor.rate()) {
            case FRAME -> (samples + hop - 1) / hop;
            case SAMPLE -> samples;
          };
      conditioning.put(tensor, random(random, vectors, tensor.size()));
    }
    audio = new float[samples];
    stretch = warmUp();
    begin();
  }

  /** Whether the utterance was made whole at least once. */
  public boolean done() {
    return utterances > 0;
  }

  @Override
  public void call() {
    int count = Math.min(stretch, schedule.steps() - step);
    seconds += run(count) * 1e-9;
    steps += count;
    samples += active(step + count) - active(step);
    step += count;
    if (step == schedule.steps()) {
      utterances++;
      begin();
    }
  }

  @Override
  public double samplesPerSecond() {
    return samples / seconds;
  }

  /** The timing of the calls so far. */
  public Timing timing() {
    if (steps == 0) {
      throw new IllegalStateException("no call was timed");
    }
    return new Timing(
        schedule.samples(),
        schedule.steps(),
        schedule.samples() - schedule.steps(),
        (double) schedule.samples() / schedule.steps(),
        samplesPerSecond(),
        samplesPerSecond() / manifest.audio().sampleRate(),
        seconds / steps * 1e6,
        setupSeconds);
  }

  /**
   * Figures of a benchmark.
   *
   * @param samples of the utterance
   * @param steps that make it
   * @param stepsSaved how many fewer than one for each sample
   * @param meanActiveRows samples for each step
   * @param samplesPerSecond from all calls together, so with the ramps where few rows are active
   * @param timesRealTime samples per second over the sample rate
   * @param microsecondsPerStep mean time of a step
   * @param setupSeconds time to open the graph
   */
  public record Timing(
      int samples,
      int steps,
      int stepsSaved,
      double meanActiveRows,
      double samplesPerSecond,
      double timesRealTime,
      double microsecondsPerStep,
      double setupSeconds) {}

  private void begin() {
    int rows = subscale.factor();
    int previous = manifest.network().initialPrevious().size();
    int state = manifest.network().stateSize();
    carried =
        Map.of(
            "previous", new Tensor(new float[rows * previous], rows, previous),
            "state", new Tensor(new float[rows * state], rows, state));
    Arrays.fill(audio, 0);
    step = 0;
  }

  /** How many samples are made before a step. */
  private long active(int before) {
    long made = 0;
    for (int row = 0; row < schedule.rows(); row++) {
      made += Math.max(0, Math.min(schedule.positions(row), schedule.position(row, before)));
    }
    return made;
  }

  /** How many steps take long enough, once all rows that ever are together are active. */
  private int warmUp() {
    begin();
    step = Math.min(schedule.steps() / 2, schedule.latency());
    int count = 1;
    while (run(count) < CALL_NANOS && 2 * count < schedule.steps() - step) {
      count *= 2;
    }
    run(count);
    return count;
  }

  private long run(int count) {
    int ramp = (subscale.factor() - 1) * schedule.lag();
    int first = Math.min(schedule.samples(), window.first(Math.max(0, step - ramp)));
    int end = (int) Math.min(schedule.samples(), (long) subscale.factor() * (step + (long) count));
    Map<String, Tensor> inputs = new HashMap<>(carried);
    conditioning.forEach(
        (tensor, values) -> {
          int hop = manifest.features().hop();
          boolean frames = tensor.rate() == Conditioning.Rate.FRAME;
          int from = frames ? first / hop : first;
          int to = frames ? (end + hop - 1) / hop : end;
          inputs.put(
              tensor.name(),
              new Tensor(
                  Arrays.copyOfRange(values, from * tensor.size(), to * tensor.size()),
                  to - from,
                  tensor.size()));
        });
    int draws = manifest.network().draws();
    inputs.put(
        "uniforms",
        new Tensor(Arrays.copyOfRange(uniforms, first * draws, end * draws), end - first, draws));
    inputs.put("audio", new Tensor(Arrays.copyOfRange(audio, first, end), end - first));
    inputs.put("temperature", new Tensor(new float[] {1}, 1));
    Map<String, long[]> vectors =
        Map.of("schedule", new long[] {first, subscale.chunk(), step, count});
    long start = System.nanoTime();
    Map<String, Tensor> outputs = session.run(inputs, vectors);
    long nanos = System.nanoTime() - start;
    Tensor made = outputs.get("next_audio");
    Tensor previous = outputs.get("next_previous");
    Tensor state = outputs.get("next_state");
    if (made != null && previous != null && state != null) {
      System.arraycopy(made.values(), 0, audio, first, end - first);
      carried = Map.of("previous", previous, "state", state);
    }
    return nanos;
  }

  private static float[] random(Uniforms random, int vectors, int size) {
    float[] values = new float[vectors * size];
    random.fill(values, 0, 0, 0, vectors, size);
    return values;
  }
}
