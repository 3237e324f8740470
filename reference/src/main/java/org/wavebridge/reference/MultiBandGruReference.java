package org.wavebridge.reference;

import org.wavebridge.graphs.network.multibandgru.MultiBandGruNetwork;

/**
 * {@link MultiBandGruNetwork} in one arithmetic.
 *
 * <pre>
 * i  = fma(W_s[:,B-1], x[B-1], ... fma(W_s[:,0], x[0], conditioning))
 * h' = GRU(i, R h + b, h)        l = out relu(P h' + b_P) + b_out
 * </pre>
 */
final class MultiBandGruReference extends DrawnReference {
  private final MultiBandGruNetwork network;
  private final GruCell cell;

  MultiBandGruReference(MultiBandGruNetwork network, Arithmetic arithmetic, GruCell cell) {
    super(network.head(), arithmetic);
    this.network = network;
    this.cell = cell;
  }

  @Override
  public MultiBandGruNetwork network() {
    return network;
  }

  @Override
  double[] step(ReferenceState state, Conditioning conditioning, int t, Context context) {
    double[] column = context.addTo(conditioning.frameOf(t));
    int hidden = network.hidden();
    Shapes.requireLength("conditioning of a column", 3L * hidden, column.length);
    double[] input = new double[3 * hidden];
    for (int j = 0; j < input.length; j++) {
      double x = of.round(column[j]);
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
