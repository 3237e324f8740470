package org.wavebridge.reference;

import java.util.Arrays;
import java.util.function.IntFunction;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;

/**
 * A folded model evaluated one sub-tensor after the other, with no staggering at all: whatever the
 * schedule, the samples are the same. One instance serves one thread.
 */
public final class SubscaleReference {
  private final Subscale subscale;
  private final ReferenceNetwork network;
  private final Arithmetic of;

  /**
   * The reference of a model.
   *
   * @throws IllegalArgumentException if its utterances are not folded
   */
  public SubscaleReference(VocoderModel model, Arithmetic arithmetic) {
    this.subscale =
        model
            .subscale()
            .orElseThrow(() -> new IllegalArgumentException("the model has no subscale"));
    this.network = ReferenceNetwork.of(model.network(), arithmetic);
    this.of = arithmetic;
  }

  /**
   * The reference of a folding of any network.
   *
   * @param network in the same arithmetic
   */
  public SubscaleReference(Subscale subscale, ReferenceNetwork network, Arithmetic arithmetic) {
    this.subscale = subscale;
    this.network = network;
    this.of = arithmetic;
  }

  /** How a sample is found: drawn, or given. */
  private interface Step {
    double audio(ReferenceState state, int t, ReferenceNetwork.Context context);
  }

  /**
   * Teacher forcing from the start of an utterance.
   *
   * @param audio given values, in [-1, 1]
   * @param consumer takes the logits of every sample, sub-tensor by sub-tensor
   */
  public void score(Conditioning conditioning, float[] audio, Reference.LogitsConsumer consumer) {
    run(
        audio.length,
        (state, t, context) -> {
          consumer.accept(t, network.score(state, conditioning, t, audio[t], context));
          return audio[t];
        });
  }

  /**
   * Bits per sample of given audio, from the start of an utterance.
   *
   * @param audio given values, in [-1, 1]
   * @return one value per sample
   */
  public double[] bits(Conditioning conditioning, float[] audio) {
    double[] bits = new double[audio.length];
    score(
        conditioning,
        audio,
        (t, logits) -> bits[t] = Likelihood.bits(network.network(), logits, audio[t]));
    return bits;
  }

  /**
   * Free running from the start of an utterance.
   *
   * @param uniforms {@code [samples, draws]}
   * @param temperature divides logits; above 0
   * @return the values, in [-1, 1]
   */
  public double[] generate(Conditioning conditioning, float[] uniforms, double temperature) {
    int draws = network.network().draws();
    int samples = uniforms.length / draws;
    Shapes.requireLength(
        "uniforms of " + draws + " draws", (long) samples * draws, uniforms.length);
    return run(
        samples,
        (state, t, context) -> {
          double[] drawn =
              Arithmetic.widen(Arrays.copyOfRange(uniforms, t * draws, (t + 1) * draws));
          return network.draw(state, conditioning, t, drawn, temperature, context).audio();
        });
  }

  /**
   * Draws every sample again from what the given ones before it lead to, so that one other draw
   * does not change all that follow.
   *
   * @param audio given values, in [-1, 1]
   * @param uniforms {@code [samples, draws]}
   * @param temperature divides logits; above 0
   * @return the values drawn, in [-1, 1]
   */
  public double[] redraw(
      Conditioning conditioning, float[] audio, float[] uniforms, double temperature) {
    int draws = network.network().draws();
    double[] drawn = new double[audio.length];
    run(
        audio.length,
        (state, t, context) -> {
          double[] own = Arithmetic.widen(Arrays.copyOfRange(uniforms, t * draws, (t + 1) * draws));
          drawn[t] = network.draw(state.copy(), conditioning, t, own, temperature, context).audio();
          network.score(state, conditioning, t, audio[t], context);
          return audio[t];
        });
    return drawn;
  }

  /**
   * The context of a sample.
   *
   * @param audio the values of the whole utterance
   * @param position index in the sub-tensor
   * @param row the sub-tensor
   * @return {@code [X]}
   * @throws IllegalArgumentException if the sub-tensors are independent
   */
  public double[] context(double[] audio, int position, int row) {
    ContextNetwork context =
        subscale
            .context()
            .orElseThrow(() -> new IllegalArgumentException("the model has no context network"));
    return new ContextReference(subscale, context, of, audio, row).at(position);
  }

  /**
   * What earlier sub-tensors contribute to the positions of one, to be asked in their order.
   *
   * @param audio the values of the whole utterance; those that a context reads are there when it is
   *     asked for
   * @param row the sub-tensor
   */
  public IntFunction<ReferenceNetwork.Context> contexts(double[] audio, int row) {
    if (subscale.context().isEmpty()) {
      return position -> ReferenceNetwork.Context.NONE;
    }
    ContextNetwork context = subscale.context().get();
    ContextReference contexts = new ContextReference(subscale, context, of, audio, row);
    return position -> ReferenceNetwork.Context.of(of, context.input(), contexts.at(position));
  }

  private double[] run(int samples, Step step) {
    int factor = subscale.factor();
    double[] audio = new double[samples];
    for (int s = 0; s < factor; s++) {
      ReferenceState state = network.initialState();
      IntFunction<ReferenceNetwork.Context> contexts = contexts(audio, s);
      for (int t = s; t < samples; t += factor) {
        audio[t] = step.audio(state, t, contexts.apply(t / factor));
      }
    }
    return audio;
  }
}
