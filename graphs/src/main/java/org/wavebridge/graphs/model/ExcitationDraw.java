package org.wavebridge.graphs.model;

import org.wavebridge.graphs.contract.HeadKind;

/** How an LPCNet draws the class of an excitation from its 256 outputs. */
public enum ExcitationDraw {
  /**
   * Eight decisions, the most significant bit first, each with a uniform of its own: the node is
   * first 1, then {@code 2 node + bit}; output {@code k} is the logit of a one at node {@code k},
   * output 0 means nothing. A uniform counts as one of 256 thresholds, so that a bit whose
   * probability is below 0.025 never comes.
   */
  TREE(HeadKind.BINARY_TREE),
  /** A softmax over 256 classes; 0.002 is taken from every probability. */
  SOFTMAX(HeadKind.CATEGORICAL);

  /** What the softmax takes from every probability, 0.002 in units of 2^-24. */
  public static final int FLOOR = 33_554;

  /** Classes of an excitation. */
  public static final int CLASSES = 256;

  private static final double RAREST = 0.025;

  private final HeadKind head;

  ExcitationDraw(HeadKind head) {
    this.head = head;
  }

  /** The word for it in a bundle. */
  public HeadKind head() {
    return head;
  }

  /**
   * The logits with which a decision is compared, {@code [256]}: {@code -ln((1 - p) / p)} with p
   * from 0.025 to 0.975 in even steps, in double precision rounded once.
   */
  public static float[] thresholds() {
    float[] thresholds = new float[CLASSES];
    for (int i = 0; i < thresholds.length; i++) {
      double p = RAREST + (1 - 2 * RAREST) * i / (thresholds.length - 1);
      thresholds[i] = (float) -StrictMath.log((1 - p) / p);
    }
    return thresholds;
  }
}
