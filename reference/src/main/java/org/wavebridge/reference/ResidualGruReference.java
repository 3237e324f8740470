package org.wavebridge.reference;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.network.residualgru.SubBandGruNetwork;

/**
 * fatchord's WaveRNN: {@link ResidualGruNetwork}, and {@link SubBandGruNetwork}, whose step has
 * several previous values, x = fma(I_p[:,B-1], p[B-1], ... fma(I_p[:,0], p[0], ...)). The aux
 * conditioning of a frame is cut into a1, a2, a3, a4; what they contribute is computed once a
 * frame.
 *
 * <pre>
 * per frame:   i0 = I_a a1 + b_I    g2 = W2_a a2 + b_2    b1 = F1_a a3 + b_F1    b2 = F2_a a4 + b_F2
 * per sample:  x  = I_p p + (W_x context + (I_m mel + i0))
 *              h1 = GRU(W1 x + b_1, R1 h1 + c_1, h1)     x = x + h1
 *              h2 = GRU(W2 x + g2,  R2 h2 + c_2, h2)     x = x + h2
 *              l  = out relu(F2 relu(F1 x + b1) + b2) + b_out
 * </pre>
 *
 * W_x context is there only in subscale generation.
 */
final class ResidualGruReference extends DrawnReference {
  private static final double[] NO_AUX = {};

  private final StepNetwork whole;
  private final ResidualGruNetwork network;
  private final WeightMatrix sample;
  private final GruCell cell;
  private double @Nullable [] frame;
  private double[][] frameParts = {};

  ResidualGruReference(ResidualGruNetwork network, Arithmetic arithmetic, GruCell cell) {
    this(network, network, network.layers().sample(), arithmetic, cell);
  }

  ResidualGruReference(SubBandGruNetwork network, Arithmetic arithmetic, GruCell cell) {
    this(network, network.layersOfBands(), network.sample(), arithmetic, cell);
  }

  /**
   * The reference of a network of one band or several.
   *
   * @param network its layers
   * @param sample {@code [R, B]}: the columns of the input layer for the previous values
   */
  private ResidualGruReference(
      StepNetwork whole,
      ResidualGruNetwork network,
      WeightMatrix sample,
      Arithmetic arithmetic,
      GruCell cell) {
    super(network.head(), arithmetic);
    this.whole = whole;
    this.network = network;
    this.sample = sample;
    this.cell = cell;
  }

  @Override
  public StepNetwork network() {
    return whole;
  }

  @Override
  double[] step(ReferenceState state, Conditioning conditioning, int t, Context context) {
    double[][] parts = frameParts(conditioning.frameOf(t));
    int hidden = network.hidden();
    double[] mel = rounded(conditioning.samples()[t / sample.columns()]);

    double[] x = context.addTo(of.affine(network.input().weight(), mel, parts[0]));
    for (int j = 0; j < hidden; j++) {
      for (int band = 0; band < sample.columns(); band++) {
        x[j] = of.fma(sample.at(j, band), state.previous[band], x[j]);
      }
    }

    double[] h1 = Arrays.copyOf(state.hidden, hidden);
    double[] input1 = of.affine(network.gru1Input(), x);
    cell.update(
        of,
        input1,
        GruCell.Recurrent.of(of, network.gru1Recurrent(), h1),
        state.hidden,
        0,
        0,
        hidden);
    addState(x, state.hidden, 0);

    double[] h2 = Arrays.copyOfRange(state.hidden, hidden, 2 * hidden);
    double[] input2 = of.affine(network.gru2Input().weight(), x, parts[1]);
    cell.update(
        of,
        input2,
        GruCell.Recurrent.of(of, network.gru2Recurrent(), h2),
        state.hidden,
        hidden,
        0,
        hidden);
    addState(x, state.hidden, hidden);

    double[] q = Arithmetic.relu(of.affine(network.fc1().weight(), x, parts[2]));
    q = Arithmetic.relu(of.affine(network.fc2().weight(), q, parts[3]));
    return of.affine(network.output(), q);
  }

  private void addState(double[] x, double[] state, int offset) {
    for (int j = 0; j < x.length; j++) {
      x[j] = of.add(x[j], state[offset + j]);
    }
  }

  /** i0, g2, b1, b2 of a frame. A network that takes no aux conditioning has one frame for all. */
  private double[][] frameParts(double[] vector) {
    int[] sizes = network.auxSizes();
    int size = Arrays.stream(sizes).sum();
    double[] aux = size == 0 ? NO_AUX : vector;
    if (frame != aux) {
      Shapes.requireLength("aux conditioning", size, aux.length);
      AuxAffine[] layers = {network.input(), network.gru2Input(), network.fc1(), network.fc2()};
      frameParts = new double[layers.length][];
      int start = 0;
      for (int i = 0; i < layers.length; i++) {
        double[] slice = rounded(Arrays.copyOfRange(aux, start, start + sizes[i]));
        frameParts[i] = of.affine(layers[i].aux(), slice, Arithmetic.widen(layers[i].bias()));
        start += sizes[i];
      }
      frame = aux;
    }
    return frameParts;
  }

  private double[] rounded(double[] values) {
    return Arrays.stream(values).map(of::round).toArray();
  }
}
