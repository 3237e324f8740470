package org.wavebridge.graphs.network.dualsoftmax;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.WeightMatrix;

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
  /** The word for the network in a bundle. */
  public static final String KIND = "dual-softmax";

  /** Classes of each of the two softmaxes. */
  public static final int CLASSES = 256;

  /** Size of the state, H. */
  public int hidden() {
    return recurrent.weight().columns();
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public HeadKind headKind() {
    return HeadKind.DUAL_SOFTMAX;
  }

  @Override
  public int outputs() {
    return CLASSES;
  }

  @Override
  public Layers layers() {
    return Layers.of(sample)
        .add(DualSoftmaxLayout.CONDITIONING, conditioning)
        .add(DualSoftmaxLayout.RECURRENT, recurrent)
        .add(DualSoftmaxLayout.COARSE_HIDDEN, coarseHidden)
        .add(DualSoftmaxLayout.COARSE_OUTPUT, coarseOutput)
        .add(DualSoftmaxLayout.FINE_HIDDEN, fineHidden)
        .add(DualSoftmaxLayout.FINE_OUTPUT, fineOutput);
  }

  /**
   * A network from its layers.
   *
   * @param initialPrevious {@code [2]}: the values of c and f before the first sample
   */
  public static DualSoftmaxNetwork of(Layers layers, float[] initialPrevious) {
    return new DualSoftmaxNetwork(
        layers.affine(DualSoftmaxLayout.CONDITIONING),
        layers.sample(),
        layers.affine(DualSoftmaxLayout.RECURRENT),
        layers.affine(DualSoftmaxLayout.COARSE_HIDDEN),
        layers.affine(DualSoftmaxLayout.COARSE_OUTPUT),
        layers.affine(DualSoftmaxLayout.FINE_HIDDEN),
        layers.affine(DualSoftmaxLayout.FINE_OUTPUT),
        initialPrevious);
  }

  @Override
  public DualSoftmaxNetwork with(Layers layers) {
    return of(layers, initialPrevious);
  }

  @Override
  public List<WeightMatrix> matrices() {
    return Stream.concat(Stream.of(sample), layers().matrices().stream()).toList();
  }

  @Override
  public DualSoftmaxNetwork joined(WeightMatrix context) {
    Affine joined = new Affine(conditioning.weight().joined(context), conditioning.bias());
    return with(layers().add(DualSoftmaxLayout.CONDITIONING, joined));
  }

  @Override
  public List<Conditioning> conditioningTensors() {
    return List.of(
        new Conditioning("conditioning", Conditioning.Rate.FRAME, conditioning.weight().columns()));
  }

  @Override
  public Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    sizes.put("hidden", hidden());
    sizes.put("conditioning", conditioning.weight().columns());
    sizes.put("coarseHidden", coarseHidden.weight().rows());
    sizes.put("fineHidden", fineHidden.weight().rows());
    return sizes;
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
}
