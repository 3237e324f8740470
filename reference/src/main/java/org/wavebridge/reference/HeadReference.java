package org.wavebridge.reference;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.numbers.gamma.Erfc;
import org.apache.commons.numbers.gamma.InverseErfc;
import org.wavebridge.graphs.model.Head;

/** What a head does with the outputs of a network: its draws, and its likelihood. */
public sealed interface HeadReference {
  /** The reference of a head. */
  static HeadReference of(Head head) {
    return head.accept(
        new Head.Cases<>() {
          @Override
          public HeadReference categorical(Head.Categorical classes) {
            return new Classes(classes, classes.amplitudes() ? classes.values() : new float[0]);
          }

          @Override
          public HeadReference mixtureOfLogistics(Head.MixtureOfLogistics mixture) {
            return new Logistics(mixture);
          }

          @Override
          public HeadReference gaussian(Head.Gaussian normal) {
            return new Normal(normal);
          }

          @Override
          public HeadReference bandMixtures(Head.BandMixtures bands) {
            return new Bands(bands);
          }
        });
  }

  /** The head. */
  Head head();

  /**
   * Draws a value.
   *
   * @param uniforms {@code [draws]}, each in [0, 1)
   */
  double draw(Arithmetic of, double[] outputs, double temperature, double[] uniforms);

  /** -log of the probability of a value: of its class, or of its level of 16 bits. */
  double nats(double[] outputs, double given);

  /** A head that draws any value: a location and a scaled quantile, limited to [-1, 1]. */
  sealed interface Continuous extends HeadReference {
    /**
     * The values between which the uniforms decide; the first with the largest score is drawn.
     *
     * @return at least one
     */
    List<Outcome> outcomes(Arithmetic of, double[] outputs, double temperature, double[] uniforms);

    /** The probability of the values below one, before they are limited. */
    double below(double[] outputs, double temperature, double value);

    @Override
    default double draw(Arithmetic of, double[] outputs, double temperature, double[] uniforms) {
      List<Outcome> outcomes = outcomes(of, outputs, temperature, uniforms);
      Outcome drawn = outcomes.get(0);
      double largest = Double.NEGATIVE_INFINITY;
      for (Outcome outcome : outcomes) {
        if (outcome.score() > largest) {
          largest = outcome.score();
          drawn = outcome;
        }
      }
      double value = of.fma(drawn.scale(), drawn.quantile(), drawn.location());
      return Math.max(-1, Math.min(1, value));
    }
  }

  /**
   * A value that may be drawn: {@code location + scale quantile}.
   *
   * @param score the largest wins
   * @param scale with the temperature
   * @param roundings how far a quantile of binary32 may be off, in millionths of itself
   */
  record Outcome(double score, double location, double scale, double quantile, int roundings) {}

  /**
   * Classes: see {@link Arithmetic#drawClass}.
   *
   * @param values of the classes, where they are not evenly spaced
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Classes(Head.Categorical head, float[] values) implements HeadReference {
    @Override
    public double draw(Arithmetic of, double[] outputs, double temperature, double[] uniforms) {
      int drawn = of.drawClass(outputs, temperature, uniforms[0]);
      return head.amplitudes() ? values[drawn] : of.value(drawn, head.classes());
    }

    @Override
    public double nats(double[] outputs, double given) {
      return Likelihood.categorical(outputs, 0, outputs.length, head.nearest(given));
    }
  }

  /**
   * A mixture of logistic distributions. It draws the component j with the largest {@code logit /
   * temperature - log(-log u_j)}, then {@code mean + e^log_scale temperature (log u - log(1 - u))}
   * with the last uniform. Uniforms are first limited to [1e-5, 0.99999], log scales to at least
   * log 1e-14. Outputs are {@code [3M]}: mixture logits, means, log scales.
   */
  record Logistics(Head.MixtureOfLogistics head) implements Continuous {
    @Override
    public List<Outcome> outcomes(
        Arithmetic of, double[] outputs, double temperature, double[] uniforms) {
      int mixtures = head.mixtures();
      double u = limited(uniforms[mixtures]);
      double quantile = of.subtract(of.log(u), of.log(of.subtract(1, u)));
      double smallest = of.round(Head.MixtureOfLogistics.MINIMUM_LOG_SCALE);
      return IntStream.range(0, mixtures)
          .mapToObj(
              i -> {
                double noise = of.log(-of.log(limited(uniforms[i])));
                double logScale = Math.max(outputs[2 * mixtures + i], smallest);
                return new Outcome(
                    of.subtract(of.divide(outputs[i], temperature), noise),
                    outputs[mixtures + i],
                    of.multiply(of.exp(logScale), temperature),
                    quantile,
                    1);
              })
          .toList();
    }

    /** Limits a uniform, as binary32, so that its logarithms are finite. */
    private static double limited(double u) {
      return Math.max(1e-5f, Math.min(0.99999f, u));
    }

    @Override
    public double below(double[] outputs, double temperature, double value) {
      int mixtures = head.mixtures();
      double[] logits =
          Arrays.stream(outputs, 0, mixtures).map(logit -> logit / temperature).toArray();
      double normaliser = Likelihood.logSumExp(logits, 0, mixtures);
      double probability = 0;
      for (int i = 0; i < mixtures; i++) {
        double scale = StrictMath.exp(logScale(outputs, i)) * temperature;
        probability +=
            StrictMath.exp(logits[i] - normaliser)
                / (1 + StrictMath.exp((outputs[mixtures + i] - value) / scale));
      }
      return probability;
    }

    /**
     * -log of the probability of the level nearest to y, under fatchord's discretized logistic
     * mixture (after Salimans et al. 2017, PixelCNN++, equation 2). With pi = softmax of the
     * mixture logits and sigma the logistic function:
     *
     * <pre>
     * P(y) = sum over i of pi_i (sigma((y + d - mean_i) / s_i) - sigma((y - d - mean_i) / s_i)),   d = 1 / (levels - 1)
     * </pre>
     *
     * where for y below -0.999 the second sigma is 0, and for y above 0.999 the first one is 1.
     * Computed in the log domain, so nothing underflows.
     */
    @Override
    public double nats(double[] outputs, double y) {
      int mixtures = head.mixtures();
      double half = 1.0 / (Likelihood.LEVELS - 1);
      double normaliser = Likelihood.logSumExp(outputs, 0, mixtures);
      double[] terms = new double[mixtures];
      for (int i = 0; i < mixtures; i++) {
        double centred = y - outputs[mixtures + i];
        double inverse = StrictMath.exp(-logScale(outputs, i));
        double upper = (centred + half) * inverse;
        double lower = (centred - half) * inverse;
        terms[i] = outputs[i] - normaliser + Likelihood.logInterval(lower, upper, y);
      }
      return -Likelihood.logSumExp(terms, 0, mixtures);
    }

    private double logScale(double[] outputs, int component) {
      return Math.max(
          outputs[2 * head.mixtures() + component], Head.MixtureOfLogistics.MINIMUM_LOG_SCALE);
    }
  }

  /**
   * A normal distribution. It draws {@code mean + e^log_deviation temperature q}, where q is the
   * quantile of the uniform, first limited to [2^-24, 1 - 2^-24]. Outputs are {@code [2]}: mean,
   * logarithm of the deviation, which is limited to at least -7.
   */
  record Normal(Head.Gaussian head) implements Continuous {
    private static final float[] CANONICAL_QUANTILE = {
      -2.5086617e-6f,
      3.1567617e-6f,
      5.268026e-5f,
      -5.6010333e-5f,
      -4.7583718e-4f,
      5.0131866e-4f,
      2.5071176e-3f,
      -3.232679e-3f,
      -8.633817e-3f,
      1.7271534e-2f,
      1.8626025e-2f,
      -1.0021941e-1f,
      1.5961002e-1f,
      1.2917761f,
      2.6287088f
    };

    @Override
    public List<Outcome> outcomes(
        Arithmetic of, double[] outputs, double temperature, double[] uniforms) {
      double u = Math.max(0x1p-24, Math.min(1 - 0x1p-24, uniforms[0]));
      double quantile = of.canonical() ? canonicalQuantile((float) u) : quantile(u);
      double scale = of.multiply(of.exp(logDeviation(outputs)), temperature);
      return List.of(new Outcome(0, outputs[0], scale, quantile, 2));
    }

    private static double logDeviation(double[] outputs) {
      return Math.max(outputs[1], Head.Gaussian.MINIMUM_LOG_DEVIATION);
    }

    /** The number below which a share {@code u} of the standard distribution lies. */
    private static double quantile(double u) {
      return -Math.sqrt(2) * InverseErfc.value(2 * u);
    }

    private static float canonicalQuantile(float u) {
      float w = 0f - CanonicalFunctions.log(4f * (u * (1f - u)));
      float v = (float) Math.sqrt(Math.max(w, 0f)) - 2f;
      return ((u + u) - 1f) * CanonicalFunctions.horner(CANONICAL_QUANTILE, v);
    }

    @Override
    public double below(double[] outputs, double temperature, double value) {
      double deviation = StrictMath.exp(logDeviation(outputs)) * temperature;
      return Erfc.value((outputs[0] - value) / (deviation * Math.sqrt(2))) / 2;
    }

    /**
     * -log of the density, of which a level takes its width: a deviation is at least 30 levels
     * wide, so that the density within one is as good as constant.
     */
    @Override
    public double nats(double[] outputs, double y) {
      double deviation = StrictMath.exp(logDeviation(outputs));
      double z = (y - outputs[0]) / deviation;
      double density = StrictMath.exp(-z * z / 2) / (deviation * Math.sqrt(2 * Math.PI));
      double width = 2.0 / (Likelihood.LEVELS - 1);
      return density > 0
          ? -StrictMath.log(density * width)
          : z * z / 2 + StrictMath.log(deviation * Math.sqrt(2 * Math.PI) / width);
    }
  }

  /** The mixtures of the samples of bands. */
  record Bands(Head.BandMixtures head) implements HeadReference {
    private static final int HALF_RANGE = 32768;

    @Override
    public double draw(Arithmetic of, double[] outputs, double temperature, double[] uniforms) {
      int mixtures = head.mixtures();
      int component = of.drawClass(Arrays.copyOf(outputs, mixtures), temperature, uniforms[0]);
      double mean = outputs[mixtures + component];
      double scale = of.log(of.add(of.exp(outputs[2 * mixtures + component]), 1));
      double width = of.subtract(1, of.add(head.margin(), head.margin()));
      double q = of.add(of.multiply(of.round(uniforms[1]), width), head.margin());
      double logistic = of.log(of.divide(of.subtract(1, q), q));
      double value = of.add(mean, of.multiply(of.multiply(scale, temperature), logistic));
      double level = of.multiply(value, head.unit());
      return of.divide((int) Math.max(-HALF_RANGE, Math.min(HALF_RANGE - 1, level)), HALF_RANGE);
    }

    /**
     * -log of the probability of a 16-bit sample: each component gives the mass of its logistic
     * distribution within half a level of it.
     */
    @Override
    public double nats(double[] outputs, double given) {
      int mixtures = head.mixtures();
      double level = given * HALF_RANGE;
      double normaliser = Likelihood.logSumExp(outputs, 0, mixtures);
      double[] terms = new double[mixtures];
      for (int i = 0; i < mixtures; i++) {
        double mean = outputs[mixtures + i];
        double scale = Likelihood.softplus(outputs[2 * mixtures + i]);
        double upper = ((level + 0.5) / head.unit() - mean) / scale;
        double lower = ((level - 0.5) / head.unit() - mean) / scale;
        terms[i] = outputs[i] - normaliser + Likelihood.logInterval(lower, upper, 0);
      }
      return -Likelihood.logSumExp(terms, 0, mixtures);
    }
  }
}
