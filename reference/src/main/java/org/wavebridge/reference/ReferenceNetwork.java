package org.wavebridge.reference;

import org.wavebridge.graphs.model.NetworkTable;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.embeddinggru.EmbeddingGruNetwork;
import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;
import org.wavebridge.graphs.network.multibandgru.MultiBandGruNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.network.residualgru.SubBandGruNetwork;

/**
 * A step network in one arithmetic. A step changes the state it is given. Parts that depend only on
 * the frame are computed when the frame changes and kept; so an instance serves one thread.
 */
public interface ReferenceNetwork {
  /** The reference of a network. */
  static ReferenceNetwork of(StepNetwork network, Arithmetic arithmetic) {
    return of(network, arithmetic, GruCell.STANDARD);
  }

  /** The reference of a network with another recurrent unit. */
  static ReferenceNetwork of(StepNetwork network, Arithmetic arithmetic, GruCell cell) {
    return new NetworkTable<ReferenceNetwork>()
        .with(DualSoftmaxNetwork.class, dual -> new DualSoftmaxReference(dual, arithmetic, cell))
        .with(ResidualGruNetwork.class, gru -> new ResidualGruReference(gru, arithmetic, cell))
        .with(SubBandGruNetwork.class, gru -> new ResidualGruReference(gru, arithmetic, cell))
        .with(MultiBandGruNetwork.class, gru -> new MultiBandGruReference(gru, arithmetic, cell))
        .with(LpcNetNetwork.class, lpc -> new LpcNetReference(lpc, arithmetic, cell))
        .with(EmbeddingGruNetwork.class, gru -> new EmbeddingGruReference(gru, arithmetic, cell))
        .of(network);
  }

  /** The network's description. */
  StepNetwork network();

  /** The state before the first sample. */
  default ReferenceState initialState() {
    return ReferenceState.initial(network());
  }

  /**
   * One sample, teacher forced.
   *
   * @param state changed to the state after the sample
   * @param t index of the sample in the conditioning
   * @param given the audio value that is fed back, in [-1, 1]
   * @return the logits, as {@link Step#logits}
   */
  default double[] score(ReferenceState state, Conditioning conditioning, int t, double given) {
    return score(state, conditioning, t, given, Context.NONE);
  }

  /** Scores with a context; see {@link #score(ReferenceState, Conditioning, int, double)}. */
  double[] score(
      ReferenceState state, Conditioning conditioning, int t, double given, Context context);

  /**
   * What a draw would have had to give for a given sample: the sample itself, or the class of what
   * it adds to a prediction.
   *
   * @param after the state after the sample
   * @param given the audio value
   */
  default double drawn(ReferenceState after, double given) {
    return given;
  }

  /** What the logits of a sample are multiplied by before a draw. */
  default double sharpening(Conditioning conditioning, int t) {
    return 1;
  }

  /**
   * One sample, drawn.
   *
   * @param state changed to the state after the sample
   * @param t index of the sample in the conditioning
   * @param uniforms {@code [draws]}
   * @param temperature divides logits; above 0
   */
  default Step draw(
      ReferenceState state,
      Conditioning conditioning,
      int t,
      double[] uniforms,
      double temperature) {
    return draw(state, conditioning, t, uniforms, temperature, Context.NONE);
  }

  /** Draws with a context; see the method without. */
  Step draw(
      ReferenceState state,
      Conditioning conditioning,
      int t,
      double[] uniforms,
      double temperature,
      Context context);

  /** The contribution of earlier sub-tensors to the input of a step. */
  @FunctionalInterface
  interface Context {
    /** No contribution. */
    Context NONE = double[]::clone;

    /** W context + input. */
    static Context of(Arithmetic of, WeightMatrix weight, double[] context) {
      return input -> of.affine(weight, context, input);
    }

    /**
     * Adds the contribution.
     *
     * @param input the conditioning's part of the input, {@code [StepNetwork.inputSize()]}; kept
     * @return a new array
     */
    double[] addTo(double[] input);
  }

  /**
   * A drawn sample.
   *
   * @param audio its value, in [-1, 1]
   * @param logits {@code [512]} coarse then fine for a dual softmax; {@code [C]} for classes;
   *     {@code [3 M]} mixture logits, means, log scales
   */
  record Step(double audio, double[] logits) {}
}
