package org.wavebridge.conformance.reference;

import org.wavebridge.graphs.model.Head.BandMixtures;
import org.wavebridge.graphs.model.MultiBandGruNetwork;

/**
 * {@link MultiBandGruNetwork} in one arithmetic: one step makes a sample of every band.
 *
 * <pre>
 * i  = fma(W_s[:,B-1], x[B-1], ... fma(W_s[:,0], x[0], conditioning))
 * h' = GRU(i, R h + b, h)        l = out relu(P h' + b_P) + b_out
 * </pre>
 */
public final class MultiBandGruReference {
  private static final int HALF_RANGE = 32768;

  private final MultiBandGruNetwork network;
  private final Arithmetic of;

  /** The reference of a network. */
  public MultiBandGruReference(MultiBandGruNetwork network, Arithmetic arithmetic) {
    this.network = network;
    this.of = arithmetic;
  }

  /**
   * One drawn step.
   *
   * @param bands the sample of each band, as the network emits it: a 16-bit sample / 32768
   * @param outputs mixture logits, means, scales, {@code [3 * bands * mixtures]}
   */
  public record Step(double[] bands, double[] outputs) {}

  /** The state before the first step. */
  public ReferenceState initialState() {
    return ReferenceState.initial(network);
  }

  /**
   * One step, teacher forced.
   *
   * @param state changed to the state after the step
   * @param conditioning of the step's column, {@code [3H]}
   * @param given what is fed back, {@code [bands]}
   * @return the outputs of the head
   */
  public double[] score(ReferenceState state, double[] conditioning, double[] given) {
    double[] outputs = outputs(state, conditioning);
    for (int band = 0; band < given.length; band++) {
      state.previous[band] = of.round(given[band]);
    }
    return outputs;
  }

  /**
   * One step, drawn.
   *
   * @param state changed to the state after the step
   * @param conditioning of the step's column, {@code [3H]}
   * @param uniforms {@code [2 * bands]}: components, then values
   * @param temperature divides mixture logits and multiplies scales; above 0
   */
  public Step draw(
      ReferenceState state, double[] conditioning, double[] uniforms, double temperature) {
    double[] outputs = outputs(state, conditioning);
    for (int band = 0; band < network.bands(); band++) {
      state.previous[band] = of.divide(level(outputs, band, uniforms, temperature), HALF_RANGE);
    }
    return new Step(state.previous(), outputs);
  }

  private double[] outputs(ReferenceState state, double[] conditioning) {
    int hidden = network.hidden();
    Shapes.requireLength("conditioning of a column", 3L * hidden, conditioning.length);
    double[] input = new double[3 * hidden];
    for (int j = 0; j < input.length; j++) {
      double x = of.round(conditioning[j]);
      for (int band = 0; band < network.bands(); band++) {
        x = of.fma(network.sample().at(j, band), state.previous[band], x);
      }
      input[j] = x;
    }
    double[] recurrent = of.affine(network.recurrent(), state.hidden.clone());
    GruCell.update(of, input, recurrent, state.hidden, 0, 0, hidden, hidden);
    double[] projected = Arithmetic.relu(of.affine(network.projection(), state.hidden));
    return of.affine(network.output(), projected);
  }

  /** The 16-bit sample of a band. */
  private double level(double[] outputs, int band, double[] uniforms, double temperature) {
    BandMixtures head = network.head();
    int mixtures = head.mixtures();
    int all = head.bands() * mixtures;
    double[] logits = new double[mixtures];
    System.arraycopy(outputs, band * mixtures, logits, 0, mixtures);
    int entry = band * mixtures + of.drawClass(logits, temperature, uniforms[band]);
    double mean = outputs[all + entry];
    double scale = of.log(of.add(of.exp(outputs[2 * all + entry]), 1));
    double width = of.round(1 - 2 * (double) head.margin());
    double q = of.add(of.multiply(of.round(uniforms[head.bands() + band]), width), head.margin());
    double logistic = of.log(of.divide(of.subtract(1, q), q));
    double value = of.add(mean, of.multiply(of.multiply(scale, temperature), logistic));
    double level = of.multiply(value, head.unit());
    return (int) Math.max(-HALF_RANGE, Math.min(HALF_RANGE - 1, level));
  }
}
