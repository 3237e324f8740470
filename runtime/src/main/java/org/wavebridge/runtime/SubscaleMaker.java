package org.wavebridge.runtime;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wavebridge.graphs.bundle.BundleManifest.SubscalePart;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.runtime.spi.Tensor;

/**
 * The samples of a subscale utterance, by stretches of steps of {@link SubscaleSchedule}. Row 0 may
 * make what the frames that are there condition; values leave as soon as there is no gap before
 * them. What no row reads any more is forgotten, so time grows with the length of an utterance and
 * memory does not.
 */
final class SubscaleMaker implements SampleMaker {
  private final VocoderGraphs graphs;
  private final SubscalePart subscale;
  private final SubscaleWindow window;
  private final float temperature;
  private final UniformSource uniforms;
  private final int hop;
  private final int stretch;
  private final SlidingValues audio = new SlidingValues(1);
  private final SlidingValues drawn;
  private final Map<Conditioning, SlidingValues> conditioning = new LinkedHashMap<>();
  private final CarriedCalls calls;
  private long first;
  private long known;
  private long step;
  private long emitted;

  /**
   * A maker at the start of an utterance.
   *
   * @param options their chunk decides how many steps a call makes, which changes no sample
   */
  SubscaleMaker(
      VocoderGraphs graphs,
      SubscalePart subscale,
      GenerateOptions options,
      UniformSource uniforms) {
    this.graphs = graphs;
    this.subscale = subscale;
    this.window = new SubscaleWindow(subscale);
    this.temperature = options.temperature();
    this.uniforms = uniforms;
    this.hop = graphs.manifest().features().hop();
    this.stretch = (int) Math.max(1, (long) options.chunkFrames() * hop / subscale.factor());
    this.drawn = new SlidingValues(graphs.manifest().network().draws());
    this.calls = new CarriedCalls(graphs, GraphKind.SUBSCALE_GENERATE, subscale.factor());
    for (Conditioning tensor : graphs.manifest().conditioning()) {
      conditioning.put(tensor, new SlidingValues(tensor.size()));
    }
  }

  @Override
  public float[] add(Map<String, Tensor> next, int frames) {
    int samples = Math.multiplyExact(frames, hop);
    int draws = graphs.manifest().network().draws();
    float[] more = new float[samples * draws];
    uniforms.fill(more, 0, 0, known, samples, draws);
    drawn.append(more);
    audio.append(new float[samples]);
    conditioning.forEach(
        (tensor, kept) -> {
          Tensor given = next.get(tensor.name());
          kept.append(given == null ? new float[0] : given.values());
        });
    known += samples;
    return run((known + subscale.factor() - 1) / subscale.factor());
  }

  @Override
  public float[] rest() {
    return run(Math.min(step + stretch, all()));
  }

  @Override
  public boolean done() {
    return step >= all();
  }

  private long all() {
    return SubscaleSchedule.steps(subscale.factor(), lag(), known);
  }

  @Override
  public long room() {
    long vectors = conditioning.values().stream().mapToLong(SlidingValues::room).sum();
    return audio.room() + drawn.room() + vectors;
  }

  @Override
  public void close() {
    calls.end();
  }

  private long lag() {
    return (long) subscale.horizon() + subscale.chunk();
  }

  private float[] run(long steps) {
    SlidingValues made = new SlidingValues(1);
    while (step < steps) {
      int count = (int) Math.min(stretch, steps - step);
      call(count);
      step += count;
      // As of an utterance that would end with what is known.
      long prefix = SubscaleSchedule.prefix(subscale.factor(), lag(), known, step);
      made.append(audio.values(emitted, prefix));
      emitted = prefix;
      forget();
    }
    return made.values();
  }

  private void call(int steps) {
    int size = Math.toIntExact(known - first);
    int draws = graphs.manifest().network().draws();
    Map<String, Tensor> inputs = new HashMap<>();
    conditioning.forEach(
        (tensor, kept) -> {
          long vectors =
              switch (tensor.rate()) {
                case FRAME -> known / hop - first / hop;
                case SAMPLE -> size;
              };
          inputs.put(tensor.name(), new Tensor(kept.values(), vectors, tensor.size()));
        });
    inputs.put("uniforms", new Tensor(drawn.values(), size, draws));
    inputs.put("audio", new Tensor(audio.values(), size));
    inputs.put("temperature", new Tensor(new float[] {temperature}, 1));
    Map<String, Tensor> outputs =
        calls.run(inputs, Map.of("schedule", new long[] {first, subscale.chunk(), step, steps}));
    audio.replace(graphs.output(GraphKind.SUBSCALE_GENERATE, outputs, "next_audio", size).values());
  }

  /** The slowest row decides what is still needed. */
  private void forget() {
    long ramp = (subscale.factor() - 1) * lag();
    first = window.first(Math.max(0, step - ramp));
    audio.forgetBefore(first);
    drawn.forgetBefore(first);
    conditioning.forEach(
        (tensor, kept) ->
            kept.forgetBefore(
                switch (tensor.rate()) {
                  case FRAME -> first / hop;
                  case SAMPLE -> first;
                }));
  }
}
