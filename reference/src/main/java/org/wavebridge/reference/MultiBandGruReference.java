package org.wavebridge.reference;

import java.util.Arrays;
import org.wavebridge.graphs.network.multibandgru.MultiBandGruNetwork;

/**
 * {@link MultiBandGruNetwork} in one arithmetic: the first sample of a step computes the outputs
 * for all its bands.
 *
 * <pre>
 * i  = fma(W_s[:,B-1], x[B-1], ... fma(W_s[:,0], x[0], conditioning))
 * h' = GRU(i, R h + b, h)        l = out relu(P h' + b_P) + b_out
 * </pre>
 */
final class MultiBandGruReference implements ReferenceNetwork {
  private final MultiBandGruNetwork network;
  private final HeadReference head;
  private final Arithmetic of;
  private final GruCell cell;

  MultiBandGruReference(MultiBandGruNetwork network, Arithmetic arithmetic, GruCell cell) {
    this.network = network;
    this.head = HeadReference.of(network.head());
    this.of = arithmetic;
    this.cell = cell;
  }

  @Override
  public MultiBandGruNetwork network() {
    return network;
  }

  @Override
  public double[] score(
      ReferenceState state, Conditioning conditioning, int t, double given, Context context) {
    double[] outputs = outputs(state, conditioning, t, context);
    state.previous[t % network.bands()] = of.round(given);
    return outputs;
  }

  @Override
  public Step draw(
      ReferenceState state,
      Conditioning conditioning,
      int t,
      double[] uniforms,
      double temperature,
      Context context) {
    double[] outputs = outputs(state, conditioning, t, context);
    double audio = of.draw(head, outputs, temperature, uniforms);
    state.previous[t % network.bands()] = audio;
    return new Step(audio, outputs);
  }

  /** The outputs for one sample; those of a whole step are computed at its first. */
  private double[] outputs(
      ReferenceState state, Conditioning conditioning, int t, Context context) {
    int band = t % network.bands();
    if (band == 0) {
      state.outputs = step(state, context.addTo(conditioning.frameOf(t)));
    }
    int size = network.head().outputs();
    return Arrays.copyOfRange(state.outputs, band * size, (band + 1) * size);
  }

  private double[] step(ReferenceState state, double[] conditioning) {
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
    cell.update(
        of,
        input,
        GruCell.Recurrent.of(of, network.recurrent(), state.hidden.clone()),
        state.hidden,
        0,
        0,
        hidden);
    double[] projected = Arithmetic.relu(of.affine(network.projection(), state.hidden));
    return of.affine(network.output(), projected);
  }
}
