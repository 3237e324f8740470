package org.wavebridge.runtime.internal.onnxruntime;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.graphs.random.RandomModels.ContextShape;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.ReferenceNetwork;
import org.wavebridge.reference.ReferenceState;
import org.wavebridge.reference.SubscaleReference;

/**
 * A folded utterance of a random network: as a one-node model, and what the reference makes of it,
 * one sub-tensor after the other.
 */
final class SubscaleNode {
  static final int CHANNELS = 6;
  private static final List<ContextShape> LAYERS =
      List.of(
          new ContextShape(5, 3, 2, true),
          new ContextShape(3, 1, 1, true),
          new ContextShape(4, 2, 1, false));

  private final NetworkNode utterance;
  private final Subscale subscale;
  private final ContextNetwork context;
  private final float[] previous;
  private final float[] state;

  /**
   * Folds an utterance.
   *
   * @param utterance one row
   * @param rows sub-tensors, at most {@link #CHANNELS}
   */
  SubscaleNode(NetworkNode utterance, long seed, int rows, int horizon, boolean ownPast) {
    this.utterance = utterance;
    subscale =
        RandomModels.subscale(seed, utterance.model(), CHANNELS, horizon, 1, ownPast, LAYERS)
            .subscale()
            .orElseThrow()
            .with(rows, 1);
    context = subscale.context().orElseThrow();
    RandomNumbers random = new RandomNumbers(seed);
    previous = random.numbers(rows * utterance.network().initialPrevious().length, 1);
    state = random.numbers(rows * utterance.network().stateSize(), 1);
  }

  float[] previous() {
    return previous;
  }

  float[] state() {
    return state;
  }

  /** How many steps make the utterance. */
  int steps() {
    int rows = subscale.factor();
    int last = Math.min(rows, utterance.samples()) - 1;
    return last * subscale.lag() + (utterance.samples() - last - 1) / rows + 1;
  }

  /** The whole utterance in one call. */
  OneNodeModel node() {
    OneNodeModel node = utterance.node("SubscaleGenerate", "audio");
    int rows = subscale.factor();
    int samples = utterance.samples();
    utterance.attributes(node, false);
    utterance.conditioning(node);
    utterance
        .uniforms(node)
        .input("audio_in", new float[samples], samples)
        .input("previous", previous, rows, previous.length / rows)
        .input("state", state, rows, state.length / rows)
        .input("temperature", new float[] {NetworkNode.TEMPERATURE}, 1)
        .input("schedule", 0, 1, 0, steps());
    utterance.constants(node);
    float[] layers = {};
    for (ContextLayer layer : context.layers()) {
      layers = join(join(layers, layer.weight().values()), layer.bias());
    }
    return node.weight(context.input())
        .floats("context_layers", layers, layers.length)
        .attribute("horizon", subscale.horizon())
        .attribute("own_past", context.ownPast() ? 1 : 0)
        .attribute("context_channels", CHANNELS)
        .attributes("context_kernels", each(ContextLayer::kernel))
        .attributes("context_dilations", each(ContextLayer::dilation))
        .attributes("context_outputs", each(ContextLayer::outputs))
        .attributes("context_relus", each(layer -> layer.relu() ? 1 : 0));
  }

  private long[] each(ToLongFunction<ContextLayer> value) {
    return context.layers().stream().mapToLong(value).toArray();
  }

  private static float[] join(float[] a, float[] b) {
    float[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  /** The outputs of the utterance: audio, next previous values, next state. */
  List<float[]> expected() {
    int rows = subscale.factor();
    Conditioning conditioning = utterance.conditioning(0);
    ReferenceNetwork network = ReferenceNetwork.of(utterance.network(), Arithmetic.CANONICAL_F32);
    SubscaleReference reference =
        new SubscaleReference(subscale, network, Arithmetic.CANONICAL_F32);
    double[] audio = new double[utterance.samples()];
    RowValues lastPrevious = new RowValues();
    RowValues lastState = new RowValues();
    for (int s = 0; s < rows; s++) {
      ReferenceState now =
          ReferenceState.of(RowValues.of(previous, s, rows), RowValues.of(state, s, rows));
      IntFunction<ReferenceNetwork.Context> contexts = reference.contexts(audio, s);
      for (int t = s; t < audio.length; t += rows) {
        ReferenceNetwork.Context added = contexts.apply(t / rows);
        double[] drawn = utterance.drawn(t);
        audio[t] =
            network.draw(now, conditioning, t, drawn, NetworkNode.TEMPERATURE, added).audio();
      }
      lastPrevious.add(now.previous());
      lastState.add(now.hidden());
    }
    return List.of(RowValues.floats(audio), lastPrevious.floats(), lastState.floats());
  }
}
