package org.wavebridge.conformance.targets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.CausalReference;
import org.wavebridge.reference.ReferenceNetwork;
import org.wavebridge.reference.ReferenceState;
import org.wavebridge.reference.SubscaleReference;
import org.wavebridge.runtime.spi.Tensor;

/**
 * The graphs of subscale utterances by the reference, as {@code docs/operators.md} defines them:
 * every row with a network of its own.
 */
final class ReferenceSubscale {
  private final VocoderModel model;
  private final Subscale subscale;
  private final Arithmetic of;
  private final Supplier<ReferenceNetwork> network;
  private final SubscaleTensors tensors;

  /**
   * One call.
   *
   * @param model of subscale generation
   * @param network a new one for each row
   */
  ReferenceSubscale(
      VocoderModel model,
      Arithmetic arithmetic,
      Supplier<ReferenceNetwork> network,
      Map<String, Tensor> inputs,
      Map<String, long[]> vectors) {
    this.model = model;
    this.subscale = model.subscale().orElseThrow();
    this.of = arithmetic;
    this.network = network;
    this.tensors = new SubscaleTensors(model, inputs, vectors);
  }

  Map<String, Tensor> run(GraphKind kind) {
    return switch (kind) {
      case CONTEXT -> context(subscale.context().orElseThrow());
      case SUBSCALE -> step();
      case SUBSCALE_GENERATE -> generate();
      case SCORE -> score();
      default -> throw new GraphException("subscale utterances have no " + kind.label() + " graph");
    };
  }

  private Map<String, Tensor> context(ContextNetwork context) {
    Tensor channels = tensors.input("channels");
    int rows = (int) channels.shape()[0];
    List<float[]> made = new ArrayList<>();
    double[][] all = SubscaleTensors.vectors(channels, context.factor());
    int times = all.length / rows;
    for (int n = 0; n < rows; n++) {
      double[][] x = Arrays.copyOfRange(all, n * times, (n + 1) * times);
      for (double[] vector : CausalReference.withoutPadding(context.layers(), x, of)) {
        made.add(SubscaleTensors.narrowed(vector));
      }
    }
    return Map.of(
        "context", new Tensor(Sequence.joined(made), rows, made.size() / rows, context.size()));
  }

  private Map<String, Tensor> step() {
    long[] active = tensors.vector("active");
    List<ReferenceState> states = tensors.states();
    float[] audio = new float[active.length];
    float[][] logits = new float[active.length][tensors.logits()];
    int draws = model.network().draws();
    for (int n = 0; n < active.length; n++) {
      if (active[n] == 0) {
        continue;
      }
      double[] uniforms =
          SubscaleTensors.widened(tensors.input("uniforms").values(), n * draws, (n + 1) * draws);
      ReferenceNetwork.Step made =
          network
              .get()
              .draw(
                  states.get(n),
                  tensors.vectorsOf(n),
                  0,
                  uniforms,
                  tensors.temperature(n),
                  contextOf(n));
      audio[n] = (float) made.audio();
      logits[n] = SubscaleTensors.narrowed(made.logits());
    }
    Map<String, Tensor> outputs = tensors.carried(states);
    outputs.put("audio", new Tensor(audio, active.length));
    outputs.put("logits", tensors.logitsOf(logits, active.length));
    return outputs;
  }

  private ReferenceNetwork.Context contextOf(int n) {
    if (subscale.context().isEmpty()) {
      return ReferenceNetwork.Context.NONE;
    }
    ContextNetwork context = subscale.context().get();
    double[] values =
        SubscaleTensors.widened(
            tensors.input("context").values(), n * context.size(), (n + 1) * context.size());
    return ReferenceNetwork.Context.of(of, context.input(), values);
  }

  private Map<String, Tensor> generate() {
    long[] schedule = tensors.vector("schedule");
    int first = Math.toIntExact(schedule[0]);
    int lag = subscale.horizon() + Math.toIntExact(schedule[1]);
    List<ReferenceState> states = tensors.states();
    double[] audio = tensors.audioFrom(first);
    Rows rows = new Rows(states.size(), audio);
    var conditioning = tensors.conditioning(first);
    int draws = model.network().draws();
    for (long n = schedule[2]; n < schedule[2] + schedule[3]; n++) {
      for (int s = 0; s < states.size(); s++) {
        long position = n - (long) s * lag;
        long sample = position * states.size() + s;
        if (position < 0 || sample >= audio.length) {
          continue;
        }
        int t = (int) sample;
        int at = (t - first) * draws;
        audio[t] =
            (float)
                rows.networks
                    .get(s)
                    .draw(
                        states.get(s),
                        conditioning,
                        t,
                        SubscaleTensors.widened(tensors.input("uniforms").values(), at, at + draws),
                        tensors.temperature(),
                        rows.contexts.get(s).apply((int) position))
                    .audio();
      }
    }
    Map<String, Tensor> outputs = tensors.carried(states);
    float[] window = SubscaleTensors.narrowed(Arrays.copyOfRange(audio, first, audio.length));
    outputs.put("next_audio", new Tensor(window, window.length));
    return outputs;
  }

  private Map<String, Tensor> score() {
    long[] range = tensors.vector("range");
    int start = Math.toIntExact(range[1]);
    int count = Math.toIntExact(range[2]);
    List<ReferenceState> states = tensors.states();
    double[] audio = tensors.audioFrom(Math.toIntExact(range[0]));
    Rows rows = new Rows(states.size(), audio);
    var conditioning = tensors.conditioning(start);
    float[][] logits = new float[count][];
    for (int s = 0; s < states.size(); s++) {
      for (int t = start + s; t < start + count; t += states.size()) {
        ReferenceNetwork.Context context = rows.contexts.get(s).apply(t / states.size());
        logits[t - start] =
            SubscaleTensors.narrowed(
                rows.networks.get(s).score(states.get(s), conditioning, t, audio[t], context));
      }
    }
    Map<String, Tensor> outputs = tensors.carried(states);
    outputs.put("logits", tensors.logitsOf(logits, 1, count));
    return outputs;
  }

  /** The networks of the rows, and what each position takes from earlier rows. */
  private final class Rows {
    final List<ReferenceNetwork> networks = new ArrayList<>();
    final List<IntFunction<ReferenceNetwork.Context>> contexts = new ArrayList<>();

    Rows(int count, double[] audio) {
      Subscale fewer = subscale.with(count, subscale.chunk());
      for (int s = 0; s < count; s++) {
        networks.add(network.get());
        contexts.add(new SubscaleReference(fewer, networks.get(s), of).contexts(audio, s));
      }
    }
  }
}
