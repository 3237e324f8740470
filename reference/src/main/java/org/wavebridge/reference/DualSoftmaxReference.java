package org.wavebridge.reference;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;

/**
 * WaveRNN with two softmaxes; Kalchbrenner et al. 2018, equation 2, in the gate order and with the
 * biases of {@link DualSoftmaxNetwork}.
 *
 * <pre>
 * per frame:   g = W_c conditioning + b_c
 * per sample:  a = R h + b_R
 *              i = (W_x context + g) + w_0 c_{t-1} + w_1 f_{t-1}
 *              y_c = first half of GRU(i, a, h)
 *              P(c_t) = softmax(O2 relu(O1 y_c))
 *              i = i + w_2 c_t
 *              y_f = second half of GRU(i, a, h)
 *              P(f_t) = softmax(O4 relu(O3 y_f))
 *              sample = (256 c_t + f_t) / 32768 - 1
 * </pre>
 *
 * W_x context is there only in subscale generation.
 */
final class DualSoftmaxReference implements ReferenceNetwork {
  private static final int CLASSES = DualSoftmaxNetwork.CLASSES;

  private final DualSoftmaxNetwork network;
  private final Arithmetic of;
  private final GruCell cell;
  private double @Nullable [] frame;
  private double[] frameInput = {};

  DualSoftmaxReference(DualSoftmaxNetwork network, Arithmetic arithmetic, GruCell cell) {
    this.network = network;
    this.of = arithmetic;
    this.cell = cell;
  }

  @Override
  public DualSoftmaxNetwork network() {
    return network;
  }

  @Override
  public double[] score(
      ReferenceState state, Conditioning conditioning, int t, double given, Context context) {
    int sample = sampleOf(given);
    Chooser given16 = (half, logits) -> half == 0 ? sample / 256 : sample % 256;
    return step(state, conditioning, t, context, given16).logits();
  }

  @Override
  public Step draw(
      ReferenceState state,
      Conditioning conditioning,
      int t,
      double[] uniforms,
      double temperature,
      Context context) {
    return step(
        state,
        conditioning,
        t,
        context,
        (half, logits) -> of.drawClass(logits, temperature, uniforms[half]));
  }

  /** The unsigned 16-bit sample of an audio value: rint(32768 (audio + 1)), limited to 16 bits. */
  static int sampleOf(double audio) {
    return (int) Math.max(0, Math.min(65535, Math.rint((audio + 1) * 32768)));
  }

  /** How the class of a half, 0 coarse or 1 fine, is found once its logits are known. */
  private interface Chooser {
    int choose(int half, double[] logits);
  }

  private Step step(
      ReferenceState state, Conditioning conditioning, int t, Context context, Chooser chooser) {
    int hidden = network.hidden();
    int middle = hidden / 2;
    double[] h = state.hidden;
    GruCell.Recurrent a = GruCell.Recurrent.of(of, network.recurrent(), h.clone());
    double[] i = context.addTo(frameInput(conditioning.frameOf(t)));
    addSampleColumn(i, 0, state.previous[0]);
    addSampleColumn(i, 1, state.previous[1]);

    cell.update(of, i, a, h, 0, 0, middle);
    double[] coarseLogits =
        head(network.coarseHidden(), network.coarseOutput(), Arrays.copyOfRange(h, 0, middle));
    int coarse = chooser.choose(0, coarseLogits);
    double coarseValue = of.value(coarse, CLASSES);

    addSampleColumn(i, 2, coarseValue);
    cell.update(of, i, a, h, 0, middle, hidden);
    double[] fineLogits =
        head(network.fineHidden(), network.fineOutput(), Arrays.copyOfRange(h, middle, hidden));
    int fine = chooser.choose(1, fineLogits);

    state.previous[0] = coarseValue;
    state.previous[1] = of.value(fine, CLASSES);
    double[] logits = Arrays.copyOf(coarseLogits, 2 * CLASSES);
    System.arraycopy(fineLogits, 0, logits, CLASSES, CLASSES);
    return new Step((256 * coarse + fine) / 32768.0 - 1, logits);
  }

  /** i += w[:, column] value; of the fine half only what follows reads the column of c_t. */
  private void addSampleColumn(double[] i, int column, double value) {
    WeightMatrix weight = network.sample();
    for (int row = 0; row < i.length; row++) {
      i[row] = of.fma(weight.at(row, column), value, i[row]);
    }
  }

  private double[] head(Affine hiddenLayer, Affine output, double[] y) {
    return of.affine(output, Arithmetic.relu(of.affine(hiddenLayer, y)));
  }

  private double[] frameInput(double[] conditioning) {
    if (frame != conditioning) {
      double[] rounded = Arrays.stream(conditioning).map(of::round).toArray();
      frameInput = of.affine(network.conditioning(), rounded);
      frame = conditioning;
    }
    return frameInput;
  }
}
