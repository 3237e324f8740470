package org.wavebridge.graphs.model;

import java.util.Optional;
import org.wavebridge.graphs.contract.HeadKind;

/**
 * How the outputs of a network become one sample.
 *
 * <p>Whatever depends on the head outside of this file is a {@link Cases}: a new head does not
 * compile before all of them know it.
 */
public sealed interface Head {
  /** Most outputs for one sample: a class is drawn with sums of 2^24 each that fit 63 bits. */
  int MOST_OUTPUTS = 32_767;

  /** Levels of a sample of 16 bits. */
  int LEVELS = 65_536;

  /**
   * A function with a case for each head.
   *
   * @param <R> what each case gives
   */
  interface Cases<R> {
    /** One softmax over classes. */
    R categorical(Categorical head);

    /** A mixture of logistic distributions. */
    R mixtureOfLogistics(MixtureOfLogistics head);

    /** A normal distribution. */
    R gaussian(Gaussian head);

    /** Mixtures of logistic distributions for several bands. */
    R bandMixtures(BandMixtures head);
  }

  /**
   * The head of a network that makes one sample a step.
   *
   * @param outputs for one sample
   * @param amplitudes whether classes stand for amplitudes
   */
  static Head of(HeadKind kind, int outputs, boolean amplitudes) {
    return switch (kind) {
      case CATEGORICAL -> new Categorical(outputs, amplitudes);
      case MIXTURE_OF_LOGISTICS -> new MixtureOfLogistics(outputs / 3);
      case GAUSSIAN -> new Gaussian();
      case DUAL_SOFTMAX, BAND_MIXTURES, BINARY_TREE ->
          throw new IllegalArgumentException("no head of one sample a step is of the kind " + kind);
    };
  }

  /** The case of this head. */
  <R> R accept(Cases<R> cases);

  /** The word for this head in a bundle. */
  HeadKind kind();

  /** This head, if its outputs are the logits of classes. */
  default Optional<Categorical> categorical() {
    return Optional.empty();
  }

  /** Uniforms consumed by one sample. */
  int draws();

  /** Outputs of the network for one sample. */
  int outputs();

  /**
   * -log of the probability of a sample: of its class, or of its level of 16 bits.
   *
   * @param outputs for many samples
   * @param offset where those for this one begin
   * @param value the sample, as the network emits it
   */
  double nats(float[] outputs, int offset, double value);

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

    /** The value of each class, in double precision rounded once to binary32. */
    public float[] values() {
      float[] values = new float[classes];
      for (int k = 0; k < classes; k++) {
        values[k] = value(k);
      }
      return values;
    }

    /** The value of class k. */
    public float value(int k) {
      double mu = classes - 1.0;
      double v = 2 * k / mu - 1;
      return (float) (amplitudes ? MuLaw.expand(v, mu) : v);
    }

    /** The class whose value is nearest, by the distance of companded values for amplitudes. */
    public int nearest(double value) {
      double mu = classes - 1.0;
      double companded =
          Math.signum(value) * StrictMath.log1p(mu * Math.abs(value)) / StrictMath.log1p(mu);
      double v = amplitudes ? companded : value;
      return (int) Math.max(0, Math.min(mu, Math.rint((v + 1) * mu / 2)));
    }

    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.categorical(this);
    }

    @Override
    public HeadKind kind() {
      return HeadKind.CATEGORICAL;
    }

    @Override
    public Optional<Categorical> categorical() {
      return Optional.of(this);
    }

    @Override
    public int draws() {
      return 1;
    }

    @Override
    public int outputs() {
      return classes;
    }

    @Override
    public double nats(float[] outputs, int offset, double value) {
      return natsOfClass(outputs, offset, nearest(value));
    }

    /** -log of the probability of class k. */
    public double natsOfClass(float[] outputs, int offset, int k) {
      return logSumExp(outputs, offset, classes) - outputs[offset + k];
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
    public static final double MINIMUM_LOG_SCALE = StrictMath.log(1e-14);

    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.mixtureOfLogistics(this);
    }

    @Override
    public HeadKind kind() {
      return HeadKind.MIXTURE_OF_LOGISTICS;
    }

    @Override
    public int draws() {
      return mixtures + 1;
    }

    @Override
    public int outputs() {
      return 3 * mixtures;
    }

    /** The outermost levels hold the tails. */
    @Override
    public double nats(float[] outputs, int offset, double value) {
      double normaliser = logSumExp(outputs, offset, mixtures);
      double likelihood = 0;
      for (int i = 0; i < mixtures; i++) {
        double mean = outputs[offset + mixtures + i];
        double logScale = Math.max(outputs[offset + 2 * mixtures + i], MINIMUM_LOG_SCALE);
        likelihood +=
            StrictMath.exp(outputs[offset + i] - normaliser)
                * levelMass(value - mean, logScale, value);
      }
      return -StrictMath.log(Math.max(likelihood, Double.MIN_NORMAL));
    }

    private static double levelMass(double centred, double logScale, double value) {
      double halfLevel = 1.0 / (LEVELS - 1);
      double inverse = StrictMath.exp(-logScale);
      double upper = value > 0.999 ? 1 : sigmoid(inverse * (centred + halfLevel));
      double lower = value < -0.999 ? 0 : sigmoid(inverse * (centred - halfLevel));
      return upper - lower;
    }
  }

  /**
   * A normal distribution: outputs are its mean and the logarithm of its standard deviation. A
   * sample is clamped to [-1, 1].
   */
  record Gaussian() implements Head {
    /** Smallest logarithm of the standard deviation. */
    public static final float MINIMUM_LOG_DEVIATION = -7;

    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.gaussian(this);
    }

    @Override
    public HeadKind kind() {
      return HeadKind.GAUSSIAN;
    }

    @Override
    public int draws() {
      return 1;
    }

    @Override
    public int outputs() {
      return 2;
    }

    /** From the density times the width of a level. */
    @Override
    public double nats(float[] outputs, int offset, double value) {
      double limited = Math.max(outputs[offset + 1], MINIMUM_LOG_DEVIATION);
      double distance = (value - outputs[offset]) * StrictMath.exp(-limited);
      return (StrictMath.log(2 * Math.PI) + distance * distance) / 2
          + limited
          - StrictMath.log(2.0 / (LEVELS - 1));
    }
  }

  /**
   * A mixture of logistic distributions for the sample of one of several bands; its value is
   * truncated toward zero to 16 bits. Outputs are mixture logits, means, scales (each {@code
   * [mixtures]}); a scale is softplus of its output. The first uniform draws a component as a class
   * is drawn, the second u a value {@code mean + scale log((1 - q) / q)} with {@code q = u (1 - 2
   * margin) + margin}. The network emits the 16-bit sample / 32768.
   *
   * @param bands samples of a step
   * @param mixtures components of a band
   * @param unit 16-bit levels of one unit of the means and scales
   * @param margin keeps uniforms from the ends of [0, 1]
   */
  record BandMixtures(int bands, int mixtures, float unit, float margin) implements Head {
    /** Checks the numbers. */
    public BandMixtures {
      if (bands < 1 || mixtures < 1 || !(unit > 0) || !(margin > 0 && margin < 0.5f)) {
        throw new IllegalArgumentException(
            "expected bands, mixtures and a unit above 0 and a margin between 0 and 1/2, found %d, %d, %s and %s"
                .formatted(bands, mixtures, unit, margin));
      }
    }

    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.bandMixtures(this);
    }

    @Override
    public HeadKind kind() {
      return HeadKind.BAND_MIXTURES;
    }

    @Override
    public int draws() {
      return 2;
    }

    @Override
    public int outputs() {
      return 3 * mixtures;
    }

    /** A level takes what lies within half a level of it. */
    @Override
    public double nats(float[] outputs, int offset, double value) {
      double normaliser = logSumExp(outputs, offset, mixtures);
      double likelihood = 0;
      for (int i = 0; i < mixtures; i++) {
        double mean = outputs[offset + mixtures + i];
        double raw = outputs[offset + 2 * mixtures + i];
        double scale = Math.max(raw, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(raw)));
        double level = value * (LEVELS / 2.0);
        double upper = ((level + 0.5) / unit - mean) / scale;
        double lower = ((level - 0.5) / unit - mean) / scale;
        // In the tail whose probabilities are small, so that their difference is exact.
        double mass =
            lower > 0 ? sigmoid(-lower) - sigmoid(-upper) : sigmoid(upper) - sigmoid(lower);
        likelihood += StrictMath.exp(outputs[offset + i] - normaliser) * mass;
      }
      return -StrictMath.log(Math.max(likelihood, Double.MIN_NORMAL));
    }
  }

  private static double logSumExp(float[] outputs, int offset, int count) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, outputs[offset + i]);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += StrictMath.exp(outputs[offset + i] - largest);
    }
    return largest + StrictMath.log(sum);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }
}
