package org.wavebridge.reference;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.embeddinggru.EmbeddingGruNetwork;

/**
 * {@link EmbeddingGruNetwork} in one arithmetic.
 *
 * <pre>
 * per frame:   g = W_c conditioning + b_c
 * per sample:  k = class of the value before, rint((v + 1) (C - 1) / 2)
 *              h = GRU(g + table[k], R h + b, h)
 *              P(k) = softmax(O relu(P h + b_P) + b_O)
 * </pre>
 */
final class EmbeddingGruReference extends DrawnReference {
  private final EmbeddingGruNetwork network;
  private final GruCell cell;
  private double @Nullable [] frame;
  private double[] frameInput = {};

  EmbeddingGruReference(EmbeddingGruNetwork network, Arithmetic arithmetic, GruCell cell) {
    super(network.head(), arithmetic);
    this.network = network;
    this.cell = cell;
  }

  @Override
  public EmbeddingGruNetwork network() {
    return network;
  }

  @Override
  double[] step(ReferenceState state, Conditioning conditioning, int t, Context context) {
    double[] input = context.addTo(frameInput(conditioning.frameOf(t)));
    WeightMatrix table = network.table();
    int row = classOf(state.previous[0]);
    for (int j = 0; j < input.length; j++) {
      input[j] = of.add(input[j], table.at(row, j));
    }
    cell.update(
        of,
        input,
        GruCell.Recurrent.of(of, network.recurrent(), state.hidden.clone()),
        state.hidden,
        0,
        0,
        network.hidden());
    double[] dense = Arithmetic.relu(of.affine(network.dense(), state.hidden));
    return of.affine(network.output(), dense);
  }

  private int classOf(double value) {
    int last = network.outputs() - 1;
    double place = Math.rint(of.multiply(of.add(value, 1), last / 2.0));
    return (int) Math.max(0, Math.min(last, place));
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
