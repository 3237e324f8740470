package org.wavebridge.reference;

import java.util.Arrays;
import org.wavebridge.graphs.network.residualgru.SubBandGruNetwork;

/**
 * {@link SubBandGruNetwork} in one arithmetic: the first sample of a step computes the outputs for
 * all its bands, as {@link ResidualGruReference} does for one.
 *
 * <pre>
 * x = fma(I_p[:,B-1], p[B-1], ... fma(I_p[:,0], p[0], I_m mel + i0))
 * </pre>
 */
final class SubBandGruReference implements ReferenceNetwork {
  private final SubBandGruNetwork network;
  private final ResidualGruReference layers;
  private final Arithmetic of;
  private final HeadReference head;

  SubBandGruReference(SubBandGruNetwork network, Arithmetic arithmetic, GruCell cell) {
    this.network = network;
    this.layers =
        new ResidualGruReference(network.layersOfBands(), network.sample(), arithmetic, cell);
    this.of = arithmetic;
    this.head = HeadReference.of(network.head());
  }

  @Override
  public SubBandGruNetwork network() {
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

  private double[] outputs(
      ReferenceState state, Conditioning conditioning, int t, Context context) {
    int band = t % network.bands();
    if (band == 0) {
      state.outputs = layers.outputs(state, conditioning, t, t / network.bands(), context);
    }
    int size = network.outputs();
    return Arrays.copyOfRange(state.outputs, band * size, (band + 1) * size);
  }
}
