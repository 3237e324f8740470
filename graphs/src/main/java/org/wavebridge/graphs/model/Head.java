package org.wavebridge.graphs.model;

/** How a network's outputs become one sample. */
public sealed interface Head {
  /** Uniforms consumed by one sample. */
  int draws();

  /** Outputs the network must have. */
  int outputs();

  /**
   * Softmax over classes; class k stands for v = 2k / (classes - 1) - 1, or for the amplitude of
   * which v is the mu-law companded value.
   *
   * @param classes number of classes
   * @param amplitudes whether classes stand for amplitudes: sign(v) / mu ((1 + mu)^|v| - 1) with mu
   *     = classes - 1
   */
  record Categorical(int classes, boolean amplitudes) implements Head {
    /** Evenly spaced classes. */
    public Categorical(int classes) {
      this(classes, false);
    }

    /** What each class stands for, in double precision rounded once to binary32. */
    public float[] values() {
      float[] values = new float[classes];
      for (int k = 0; k < classes; k++) {
        values[k] = value(k);
      }
      return values;
    }

    /** What class k stands for. */
    public float value(int k) {
      double mu = classes - 1.0;
      double v = 2 * k / mu - 1;
      double amplitude = Math.signum(v) / mu * (StrictMath.pow(1 + mu, Math.abs(v)) - 1);
      return (float) (amplitudes ? amplitude : v);
    }

    /** The class whose value is nearest, by the distance of companded values for amplitudes. */
    public int nearest(double value) {
      double mu = classes - 1.0;
      double companded = Math.signum(value) * Math.log1p(mu * Math.abs(value)) / Math.log1p(mu);
      double v = amplitudes ? companded : value;
      return (int) Math.max(0, Math.min(mu, Math.rint((v + 1) * mu / 2)));
    }

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
