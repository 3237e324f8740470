package org.wavebridge.reference;

import java.util.Arrays;
import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;

/**
 * {@link LpcNetNetwork} in one arithmetic. A product or sum that is not written as fma is rounded
 * by itself.
 *
 * <pre>
 * p  = ((0 - a_0 s_0) - a_1 s_1) - ...
 * i  = ((conditioning + T_s[U(s_0)]) + T_p[U(p)]) + T_e[e]
 * a  = fma(diagonal, h, R h + b)      h' = GRU(i, a, h)
 * g' = GRU(S h' + second, Q g + c, g)
 * l_k = f_(2k) tanh(d_(2k)) + f_(2k+1) tanh(d_(2k+1))
 * </pre>
 */
public final class LpcNetReference implements ReferenceNetwork {
  private static final int CLASSES = LpcNetNetwork.CLASSES;
  private static final int ORDER = LpcNetNetwork.ORDER;
  private static final int LARGEST_BYTE = 255;
  private static final float[] LOG2 = {-0.41445418f, 0.95909232f, -0.33951290f, 0.16541097f};
  private static final float LN_2 = 0.69315f;
  private static final float LN_256 = 5.5451774445f;
  private static final double MOST = 512;

  private final LpcNetNetwork network;
  private final float[] thresholds = ExcitationDraw.thresholds();
  private final Arithmetic of;
  private final GruCell cell;

  LpcNetReference(LpcNetNetwork network, Arithmetic arithmetic, GruCell cell) {
    this.network = network;
    this.of = arithmetic;
    this.cell = cell;
  }

  @Override
  public LpcNetNetwork network() {
    return network;
  }

  @Override
  public double[] score(
      ReferenceState state, Conditioning conditioning, int t, double given, Context context) {
    double[] frame = frame(conditioning, t);
    double prediction = prediction(state, frame);
    double[] logits = logits(state, frame, prediction);
    double sample = of.round(given);
    keep(state, sample, classOf(of.subtract(sample, prediction)));
    return logits;
  }

  /** The class of the excitation. */
  @Override
  public double drawn(ReferenceState after, double given) {
    return after.previous[ORDER];
  }

  @Override
  public double sharpening(Conditioning conditioning, int t) {
    double[] frame = frame(conditioning, t);
    return of.round(frame[frame.length - 1]);
  }

  @Override
  public Step draw(
      ReferenceState state,
      Conditioning conditioning,
      int t,
      double[] uniforms,
      double temperature,
      Context context) {
    double[] frame = frame(conditioning, t);
    double prediction = prediction(state, frame);
    double[] logits = logits(state, frame, prediction);
    double sharpening = sharpening(conditioning, t);
    double[] sharpened = new double[CLASSES];
    Arrays.setAll(sharpened, k -> of.multiply(logits[k], sharpening));
    int drawn =
        network.draw() == ExcitationDraw.TREE
            ? tree(sharpened, uniforms, temperature)
            : of.drawClass(sharpened, temperature, uniforms[0], ExcitationDraw.FLOOR);
    double sample = of.add(prediction, valueOf(drawn));
    keep(state, sample, drawn);
    return new Step(sample, logits);
  }

  private int tree(double[] logits, double[] uniforms, double temperature) {
    int node = 1;
    for (double uniform : uniforms) {
      int threshold = (int) Math.max(0, Math.min(LARGEST_BYTE, uniform * CLASSES));
      boolean one = thresholds[threshold] < of.divide(logits[node], temperature);
      node = 2 * node + (one ? 1 : 0);
    }
    return node - CLASSES;
  }

  private double[] frame(Conditioning conditioning, int t) {
    double[] frame = conditioning.frameOf(t);
    Shapes.requireLength("conditioning of a frame", network.inputSize() + ORDER + 1L, frame.length);
    return frame;
  }

  private double prediction(ReferenceState state, double[] frame) {
    double sum = 0;
    for (int j = 0; j < ORDER; j++) {
      double coefficient = of.round(frame[network.inputSize() + j]);
      sum = of.subtract(sum, of.multiply(coefficient, state.previous[j]));
    }
    return sum;
  }

  private static void keep(ReferenceState state, double sample, int drawn) {
    System.arraycopy(state.previous, 0, state.previous, 1, ORDER - 1);
    state.previous[0] = sample;
    state.previous[ORDER] = drawn;
  }

  private double[] logits(ReferenceState state, double[] frame, double prediction) {
    int hidden = network.hidden();
    double[] first = Arrays.copyOf(state.hidden, hidden);
    double[] second = Arrays.copyOfRange(state.hidden, hidden, state.hidden.length);
    double[] own = of.affine(network.recurrent(), first);
    for (int j = 0; j < own.length; j++) {
      own[j] = of.fma(network.diagonal()[j], first[j % hidden], own[j]);
    }
    cell.update(
        of,
        input(state, frame, prediction),
        new GruCell.Recurrent(network.recurrent(), first, own),
        state.hidden,
        0,
        0,
        hidden);
    double[] bias = Arrays.copyOfRange(frame, 3 * hidden, network.inputSize());
    Arrays.setAll(bias, j -> of.round(bias[j]));
    double[] updated = Arrays.copyOf(state.hidden, hidden);
    cell.update(
        of,
        of.affine(network.secondInput(), updated, bias),
        GruCell.Recurrent.of(of, network.secondRecurrent(), second),
        state.hidden,
        hidden,
        0,
        second.length);
    double[] dense =
        of.affine(
            network.dualDense(), Arrays.copyOfRange(state.hidden, hidden, state.hidden.length));
    double[] logits = new double[CLASSES];
    Arrays.setAll(logits, k -> of.add(channel(dense, 2 * k), channel(dense, 2 * k + 1)));
    return logits;
  }

  private double channel(double[] dense, int row) {
    return of.multiply(network.factor()[row], of.tanh(dense[row]));
  }

  /**
   * The classes that a step takes: of the last sample, of the prediction, of the last excitation.
   *
   * @param state before the step
   * @param t index of its sample
   */
  public int[] classes(ReferenceState state, Conditioning conditioning, int t) {
    return classes(state, prediction(state, frame(conditioning, t)));
  }

  private int[] classes(ReferenceState state, double prediction) {
    return new int[] {classOf(state.previous[0]), classOf(prediction), (int) state.previous[ORDER]};
  }

  private double[] input(ReferenceState state, double[] frame, double prediction) {
    int[] classes = classes(state, prediction);
    double[] input = new double[3 * network.hidden()];
    for (int j = 0; j < input.length; j++) {
      double sum = of.round(frame[j]);
      for (int table = 0; table < classes.length; table++) {
        sum = of.add(sum, network.sample().at(j, table * CLASSES + classes[table]));
      }
      input[j] = sum;
    }
    return input;
  }

  /** V. */
  private static double valueOf(int index) {
    int distance = index - CLASSES / 2;
    double level = 32768 * (StrictMath.exp(Math.abs(distance) * 5.5451774445 / 128) - 1) / 255;
    return (float) (Math.signum(distance) * level) / 32768;
  }

  /** U. */
  private int classOf(double x) {
    double a = of.add(1, of.multiply(255, Math.abs(x)));
    a = a < MOST ? a : MOST;
    int k = Math.getExponent(a);
    double f = of.subtract(Math.scalb(a, -k), 1.5);
    double p = LOG2[3];
    for (int i = 2; i >= 0; i--) {
      p = of.add(LOG2[i], of.multiply(f, p));
    }
    double l = of.add(1 + k, p);
    double u = of.multiply(CLASSES / 2, of.multiply(LN_2, l));
    u = of.divide(u, LN_256);
    u = of.add(CLASSES / 2, x < 0 ? -u : u);
    double limited = Math.max(0, Math.min(CLASSES - 1, u));
    return (int) Math.floor(of.add(0.5, limited));
  }
}
