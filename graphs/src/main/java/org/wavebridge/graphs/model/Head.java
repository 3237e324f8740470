package org.wavebridge.graphs.model;

/** How a network's outputs become one sample. */
public sealed interface Head {
  /** Uniforms consumed by one sample. */
  int draws();

  /** Outputs the network must have. */
  int outputs();

  /**
   * Softmax over classes; class k stands for 2k / (classes - 1) - 1.
   *
   * @param classes number of classes
   */
  record Categorical(int classes) implements Head {
    @Override
    public int draws() {
      return 1;
    }

    @Override
    public int outputs() {
      return classes;
    }
  }

  /**
   * A mixture of logistic distributions: outputs are mixture logits, means, log scales (each {@code
   * [mixtures]}). A sample is clamped to [-1, 1].
   *
   * @param mixtures number of components
   */
  record MixtureOfLogistics(int mixtures) implements Head {
    /** Smallest log scale: log 1e-14. */
    public static final double MINIMUM_LOG_SCALE = Math.log(1e-14);

    @Override
    public int draws() {
      return mixtures + 1;
    }

    @Override
    public int outputs() {
      return 3 * mixtures;
    }
  }
}
