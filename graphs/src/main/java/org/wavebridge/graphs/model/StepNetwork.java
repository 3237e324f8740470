package org.wavebridge.graphs.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.HeadKind;

/**
 * Conditioning, last sample and state to a distribution over the next sample. Each network has a
 * package of its own under {@code org.wavebridge.graphs.network}.
 */
public interface StepNetwork {
  /** The word for the network in a bundle, such as {@code dual-softmax}. */
  String kind();

  /** The word for its head in a bundle. */
  HeadKind headKind();

  /** Classes of each softmax, or outputs of the head for one sample. */
  int outputs();

  /** Its weights by layer. */
  Layers layers();

  /** The same network with other weights of the same layers. */
  StepNetwork with(Layers layers);

  /** Every matrix a step multiplies with, in the order of docs/operators.md. */
  default List<WeightMatrix> matrices() {
    return layers().matrices();
  }

  /** The same network with every matrix that has a layer replaced. */
  default StepNetwork map(UnaryOperator<WeightMatrix> change) {
    return with(layers().map((row, matrix) -> change.apply(matrix)));
  }

  /**
   * The same function with the context of a sample as further columns of its conditioning: {@code
   * [W_conditioning | W_context]}. The order of additions is another.
   *
   * @param context W_context
   * @throws IllegalArgumentException if the network takes no context
   */
  default StepNetwork joined(WeightMatrix context) {
    throw new IllegalArgumentException("a " + kind() + " network takes no context");
  }

  /** Values of the recurrent state of one row. */
  int stateSize();

  /** Values that a context adds to: 3H gate inputs, or the R outputs of the input layer. */
  int inputSize();

  /** Uniforms consumed by one sample of one row. */
  default int draws() {
    return headKind().draws(outputs());
  }

  /** The shape of the logits of one sample. */
  default int[] logitShape() {
    return new int[] {outputs()};
  }

  /** Samples that one step makes: one for each band. */
  default int samplesPerStep() {
    return 1;
  }

  /** The previous values before the first sample, {@code [values fed back per step]}. */
  default float[] initialPrevious() {
    return new float[samplesPerStep()];
  }

  /** The tensors it takes, in input order, from a conditioner that repeats frames. */
  List<Conditioning> conditioningTensors();

  /** Its sizes by name, for people. */
  Map<String, Integer> sizes();

  /** How the samples of several bands become a waveform; empty where a step makes one sample. */
  default Optional<BandSynthesis> bandSynthesis() {
    return Optional.empty();
  }

  /** 16-bit levels of one unit of the means and scales of bands. */
  default float levelsPerUnit() {
    return 1;
  }

  /** Conditioning vectors of a frame where the conditioner works at frame rate. */
  default int vectorsPerFrame() {
    return 1;
  }

  /** Vectors of a conditioning tensor at frame rate that are joined to one for a frame. */
  default int vectorsOf(Conditioning tensor) {
    return vectorsPerFrame();
  }

  /**
   * Checks that a conditioner fits.
   *
   * @param hop samples of a frame
   * @param subscale whether the network makes sub-tensors
   * @throws IllegalArgumentException if it does not
   */
  default void check(Conditioner conditioner, int hop, boolean subscale) {
    if (conditioner instanceof CausalConvolutions) {
      throw new IllegalArgumentException("causal convolutions condition multi-band networks only");
    }
  }
}
