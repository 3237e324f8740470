package org.wavebridge.graphs.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a network's logits become samples. */
public enum HeadKind {
  /** Two softmaxes over 256 classes: the high and the low byte of a 16-bit sample. */
  @JsonProperty("dual-softmax")
  DUAL_SOFTMAX,
  /** One softmax; class k of C stands for 2k / (C - 1) - 1. */
  @JsonProperty("categorical")
  CATEGORICAL,
  /** Mixture logits, means and log scales of logistic distributions. */
  @JsonProperty("mixture-of-logistics")
  MIXTURE_OF_LOGISTICS,
  /** Mean and logarithm of the standard deviation of a normal distribution. */
  @JsonProperty("gaussian")
  GAUSSIAN,
  /** Mixture logits, means and scales of logistic distributions, for the samples of bands. */
  @JsonProperty("band-mixtures")
  BAND_MIXTURES
}
