package org.wavebridge.graphs.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.function.IntUnaryOperator;

/** How a network's logits become samples. */
public enum HeadKind {
  /** Two softmaxes over 256 classes: the high and the low byte of a 16-bit sample. */
  @JsonProperty("dual-softmax")
  DUAL_SOFTMAX(2, true, outputs -> 2),
  /** One softmax; class k of C stands for 2k / (C - 1) - 1. */
  @JsonProperty("categorical")
  CATEGORICAL(1, true, outputs -> 1),
  /** Mixture logits, means and log scales of logistic distributions. */
  @JsonProperty("mixture-of-logistics")
  MIXTURE_OF_LOGISTICS(1, false, outputs -> outputs / 3 + 1),
  /** Mean and logarithm of the standard deviation of a normal distribution. */
  @JsonProperty("gaussian")
  GAUSSIAN(1, false, outputs -> 1),
  /** Mixture logits, means and scales of logistic distributions, for the samples of bands. */
  @JsonProperty("band-mixtures")
  BAND_MIXTURES(1, false, outputs -> 2),
  /** Logits of the decisions of a binary tree over classes; output 0 means nothing. */
  @JsonProperty("binary-tree")
  BINARY_TREE(1, false, Integer::numberOfTrailingZeros);

  private final int vectors;
  private final boolean classes;
  private final IntUnaryOperator draws;

  HeadKind(int vectors, boolean classes, IntUnaryOperator draws) {
    this.vectors = vectors;
    this.classes = classes;
    this.draws = draws;
  }

  /** Vectors of outputs for one sample: two for a dual softmax. */
  public int vectors() {
    return vectors;
  }

  /** Whether outputs are logits of classes. */
  public boolean classes() {
    return classes;
  }

  /**
   * Uniforms that one sample consumes.
   *
   * @param outputs of the head, or of each softmax
   */
  public int draws(int outputs) {
    return draws.applyAsInt(outputs);
  }
}
