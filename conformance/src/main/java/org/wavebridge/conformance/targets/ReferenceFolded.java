package org.wavebridge.conformance.targets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.wavebridge.conformance.reference.Arithmetic;
import org.wavebridge.conformance.reference.ReferenceNetwork;
import org.wavebridge.conformance.reference.ReferenceState;
import org.wavebridge.conformance.reference.SubscaleReference;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.build.Conditioning;
import org.wavebridge.graphs.build.GraphKind;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.DualSoftmaxNetwork;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.spi.Tensor;

/**
 * The graphs of folded utterances by the reference, as {@code docs/operators.md} defines them:
 * every row with a network of its own.
 */
final class ReferenceFolded {
  private final VocoderModel model;
  private final Subscale subscale;
  private final Arithmetic of;
  private final Supplier<ReferenceNetwork> network;
  private final Map<String, Tensor> inputs;
  private final Map<String, long[]> vectors;

  /**
   * One call.
   *
   * @param model folded
   * @param network a new one for each row
   */
  ReferenceFolded(
      VocoderModel model,
      Arithmetic arithmetic,
      Supplier<ReferenceNetwork> network,
      Map<String, Tensor> inputs,
      Map<String, long[]> vectors) {
    this.model = model;
    this.subscale = model.subscale().orElseThrow();
    this.of = arithmetic;
    this.network = network;
    this.inputs = inputs;
    this.vectors = vectors;
  }

  Map<String, Tensor> run(GraphKind kind) {
    return switch (kind) {
      case CONTEXT -> context(subscale.context().orElseThrow());
      case SUBSCALE -> step();
      case SUBSCALE_GENERATE -> generate();
      case SCORE -> score();
      default -> throw new GraphException("folded utterances have no " + kind.label() + " graph");
    };
  }

  private Map<String, Tensor> context(ContextNetwork context) {
    Tensor channels = input("channels");
    int rows = (int) channels.shape()[0];
    List<float[]> made = new ArrayList<>();
    double[][] all = vectors(channels, context.factor());
    int times = all.length / rows;
    for (int n = 0; n < rows; n++) {
      double[][] x = Arrays.copyOfRange(all, n * times, (n + 1) * times);
      for (ContextLayer layer : context.layers()) {
        x = convolved(layer, x);
      }
      for (double[] vector : x) {
        made.add(narrowed(vector));
      }
    }
    return Map.of(
        "context", new Tensor(Sequence.joined(made), rows, made.size() / rows, context.size()));
  }

  private double[][] convolved(ContextLayer layer, double[][] x) {
    double[][] y = new double[x.length - layer.reach()][];
    for (int t = 0; t < y.length; t++) {
      double[] taps = new double[layer.weight().columns()];
      for (int k = 0; k < layer.kernel(); k++) {
        double[] tap = x[t + k * layer.dilation()];
        System.arraycopy(tap, 0, taps, k * layer.inputs(), layer.inputs());
      }
      y[t] = of.affine(layer.weight(), taps, widened(layer.bias(), 0, layer.bias().length));
      for (int i = 0; layer.relu() && i < y[t].length; i++) {
        y[t][i] = Math.max(0, y[t][i]);
      }
    }
    return y;
  }

  private Map<String, Tensor> step() {
    long[] active = vector("active");
    List<ReferenceState> states = states();
    float[] audio = new float[active.length];
    float[][] logits = new float[active.length][logits()];
    int draws = model.network().draws();
    for (int n = 0; n < active.length; n++) {
      if (active[n] == 0) {
        continue;
      }
      double[] uniforms = widened(input("uniforms").values(), n * draws, (n + 1) * draws);
      ReferenceNetwork.Step made =
          network.get().draw(states.get(n), vectorsOf(n), 0, uniforms, temperature(), contextOf(n));
      audio[n] = (float) made.audio();
      logits[n] = narrowed(made.logits());
    }
    Map<String, Tensor> outputs = carried(states);
    outputs.put("audio", new Tensor(audio, active.length));
    outputs.put("logits", logitsOf(logits, active.length));
    return outputs;
  }

  private ReferenceNetwork.Context contextOf(int n) {
    if (subscale.context().isEmpty()) {
      return ReferenceNetwork.Context.NONE;
    }
    ContextNetwork context = subscale.context().get();
    double[] values =
        widened(input("context").values(), n * context.size(), (n + 1) * context.size());
    return ReferenceNetwork.Context.of(of, context.input(), values);
  }

  private Map<String, Tensor> generate() {
    long[] schedule = vector("schedule");
    int first = Math.toIntExact(schedule[0]);
    int lag = subscale.horizon() + Math.toIntExact(schedule[1]);
    List<ReferenceState> states = states();
    double[] audio = audioFrom(first);
    Rows rows = new Rows(states.size(), audio);
    var conditioning = conditioning(first);
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
                        widened(input("uniforms").values(), at, at + draws),
                        temperature(),
                        rows.contexts.get(s).apply((int) position))
                    .audio();
      }
    }
    Map<String, Tensor> outputs = carried(states);
    float[] window = narrowed(Arrays.copyOfRange(audio, first, audio.length));
    outputs.put("next_audio", new Tensor(window, window.length));
    return outputs;
  }

  private Map<String, Tensor> score() {
    long[] range = vector("range");
    int start = Math.toIntExact(range[1]);
    int count = Math.toIntExact(range[2]);
    List<ReferenceState> states = states();
    double[] audio = audioFrom(Math.toIntExact(range[0]));
    Rows rows = new Rows(states.size(), audio);
    var conditioning = conditioning(start);
    float[][] logits = new float[count][];
    for (int s = 0; s < states.size(); s++) {
      for (int t = start + s; t < start + count; t += states.size()) {
        ReferenceNetwork.Context context = rows.contexts.get(s).apply(t / states.size());
        logits[t - start] =
            narrowed(rows.networks.get(s).score(states.get(s), conditioning, t, audio[t], context));
      }
    }
    Map<String, Tensor> outputs = carried(states);
    outputs.put("logits", logitsOf(logits, 1, count));
    return outputs;
  }

  /** The networks of the rows, and what each position takes from earlier rows. */
  private final class Rows {
    final List<ReferenceNetwork> networks = new ArrayList<>();
    final List<IntFunction<ReferenceNetwork.Context>> contexts = new ArrayList<>();

    Rows(int count, double[] audio) {
      Subscale folding = subscale.with(count, subscale.chunk());
      for (int s = 0; s < count; s++) {
        networks.add(network.get());
        contexts.add(new SubscaleReference(folding, networks.get(s), of).contexts(audio, s));
      }
    }
  }

  /** The samples of the whole utterance; before the window, where none is read, 0. */
  private double[] audioFrom(int first) {
    float[] window = input("audio").values();
    double[] audio = new double[first + window.length];
    for (int i = 0; i < window.length; i++) {
      audio[first + i] = window[i];
    }
    return audio;
  }

  /** Conditioning by sample of the whole utterance; before the window there is none. */
  private org.wavebridge.conformance.reference.Conditioning conditioning(int first) {
    int hop = model.features().hop();
    double[][] frames = new double[0][];
    double[][] samples = new double[0][];
    for (Conditioning tensor : Conditioning.of(model.network())) {
      double[][] window = vectors(input(tensor.name()), tensor.size());
      switch (tensor.rate()) {
        case FRAME -> frames = behind(first / hop, window, tensor.size());
        case SAMPLE -> samples = behind(first, window, tensor.size());
      }
    }
    return new org.wavebridge.conformance.reference.Conditioning(hop, frames, samples);
  }

  private static double[][] behind(int missing, double[][] window, int size) {
    double[][] whole = new double[missing + window.length][];
    Arrays.fill(whole, 0, missing, new double[size]);
    System.arraycopy(window, 0, whole, missing, window.length);
    return whole;
  }

  /** The conditioning of one sample of a row. */
  private org.wavebridge.conformance.reference.Conditioning vectorsOf(int row) {
    double[][] frames = new double[0][];
    double[][] samples = new double[0][];
    for (Conditioning tensor : Conditioning.of(model.network())) {
      double[][] one = {vectors(input(tensor.name()), tensor.size())[row]};
      switch (tensor.rate()) {
        case FRAME -> frames = one;
        case SAMPLE -> samples = one;
      }
    }
    return new org.wavebridge.conformance.reference.Conditioning(
        model.features().hop(), frames, samples);
  }

  private List<ReferenceState> states() {
    int rows = (int) input("state").shape()[0];
    int size = model.network().initialPrevious().length;
    int hidden = model.network().stateSize();
    List<ReferenceState> states = new ArrayList<>();
    for (int n = 0; n < rows; n++) {
      states.add(
          ReferenceState.of(
              Arrays.copyOfRange(input("previous").values(), n * size, (n + 1) * size),
              Arrays.copyOfRange(input("state").values(), n * hidden, (n + 1) * hidden)));
    }
    return states;
  }

  private Map<String, Tensor> carried(List<ReferenceState> states) {
    List<float[]> previous = new ArrayList<>();
    List<float[]> hidden = new ArrayList<>();
    for (ReferenceState state : states) {
      previous.add(narrowed(state.previous()));
      hidden.add(narrowed(state.hidden()));
    }
    int size = model.network().initialPrevious().length;
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    outputs.put("next_previous", new Tensor(Sequence.joined(previous), states.size(), size));
    outputs.put(
        "next_state",
        new Tensor(Sequence.joined(hidden), states.size(), model.network().stateSize()));
    return outputs;
  }

  /** Values of the logits of one sample. */
  private int logits() {
    return model.network() instanceof DualSoftmaxNetwork
        ? 2 * DualSoftmaxNetwork.CLASSES
        : ((ResidualGruNetwork) model.network()).head().outputs();
  }

  private Tensor logitsOf(float[][] logits, long... leading) {
    long[] sample =
        model.network() instanceof DualSoftmaxNetwork
            ? new long[] {2, DualSoftmaxNetwork.CLASSES}
            : new long[] {logits()};
    long[] shape = Arrays.copyOf(leading, leading.length + sample.length);
    System.arraycopy(sample, 0, shape, leading.length, sample.length);
    return new Tensor(Sequence.joined(Arrays.asList(logits)), shape);
  }

  private double temperature() {
    return input("temperature").values()[0];
  }

  private Tensor input(String name) {
    return ReferenceSequences.input(inputs, name);
  }

  private long[] vector(String name) {
    long[] values = vectors.get(name);
    if (values == null) {
      throw new GraphException("no input '" + name + "', only " + vectors.keySet());
    }
    return values;
  }

  private static double[][] vectors(Tensor tensor, int size) {
    double[][] vectors = new double[size == 0 ? 0 : tensor.values().length / size][];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = widened(tensor.values(), i * size, (i + 1) * size);
    }
    return vectors;
  }

  private static double[] widened(float[] values, int from, int to) {
    double[] wide = new double[to - from];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[from + i];
    }
    return wide;
  }

  private static float[] narrowed(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
