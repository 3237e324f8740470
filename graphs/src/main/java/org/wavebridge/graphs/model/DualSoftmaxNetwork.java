package org.wavebridge.graphs.model;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One GRU whose state is split into a coarse and a fine half, each with two dense layers and a
 * softmax over 256 classes (Kalchbrenner et al. 2018, equation 2). Gate order r, z, n; within each
 * gate the first H/2 rows are coarse. Values fed back: coarse and fine, each k / 127.5 - 1.
 *
 * @param conditioning {@code [3H, E]} and input bias, outside the reset product
 * @param sample {@code [3H, 3]}, columns c_{t-1}, f_{t-1}, c_t; the last is zero for coarse rows
 * @param recurrent {@code [3H, H]} and its bias, inside the reset product
 * @param coarseHidden {@code [D, H/2]}
 * @param coarseOutput {@code [256, D]}
 * @param fineHidden {@code [D', H/2]}
 * @param fineOutput {@code [256, D']}
 * @param initialPrevious {@code [2]}: the values of c and f before the first sample
 */
public record DualSoftmaxNetwork(
    Affine conditioning,
    WeightMatrix sample,
    Affine recurrent,
    Affine coarseHidden,
    Affine coarseOutput,
    Affine fineHidden,
    Affine fineOutput,
    float[] initialPrevious)
    implements StepNetwork {
  /** Classes of each of the two softmaxes. */
  public static final int CLASSES = 256;

  /** Size of the state, H. */
  public int hidden() {
    return recurrent.weight().columns();
  }

  @Override
  public List<WeightMatrix> matrices() {
    return List.of(
        sample,
        conditioning.weight(),
        recurrent.weight(),
        coarseHidden.weight(),
        coarseOutput.weight(),
        fineHidden.weight(),
        fineOutput.weight());
  }

  @Override
  public DualSoftmaxNetwork map(UnaryOperator<WeightMatrix> change) {
    return new DualSoftmaxNetwork(
        conditioning.map(change),
        sample,
        recurrent.map(change),
        coarseHidden.map(change),
        coarseOutput.map(change),
        fineHidden.map(change),
        fineOutput.map(change),
        initialPrevious);
  }

  @Override
  public int stateSize() {
    return hidden();
  }

  @Override
  public int inputSize() {
    return 3 * hidden();
  }

  @Override
  public int[] logitShape() {
    return new int[] {2, CLASSES};
  }

  @Override
  public int draws() {
    return 2;
  }
}
