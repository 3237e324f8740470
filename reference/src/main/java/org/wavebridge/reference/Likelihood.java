package org.wavebridge.reference;

import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Head.BandMixtures;
import org.wavebridge.graphs.model.Head.Categorical;
import org.wavebridge.graphs.model.Head.Gaussian;
import org.wavebridge.graphs.model.Head.MixtureOfLogistics;
import org.wavebridge.graphs.model.NetworkTable;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.multibandgru.MultiBandGruNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

/**
 * The negative log-likelihood, in bits, that a network's outputs give to a sample. Always in double
 * precision.
 */
public final class Likelihood {
  /** Levels over which a mixture of logistics is made discrete: 16 bits. */
  private static final int LEVELS = 65536;

  /** Values beyond this, on either side, take the whole tail of the distribution. */
  private static final double EDGE = 0.999;

  private Likelihood() {}

  /**
   * Bits of a sample: coarse plus fine for a dual softmax.
   *
   * @param logits what the network put out, as {@link ReferenceNetwork#score} returns it
   * @param given the audio value, in [-1, 1]
   */
  public static double bits(StepNetwork network, double[] logits, double given) {
    double nats =
        new NetworkTable<Double>()
            .with(DualSoftmaxNetwork.class, dual -> dualSoftmax(logits, given))
            .with(MultiBandGruNetwork.class, bands -> head(bands.head(), logits, given))
            .with(ResidualGruNetwork.class, residual -> head(residual.head(), logits, given))
            .of(network);
    return nats / StrictMath.log(2);
  }

  private static double dualSoftmax(double[] logits, double given) {
    int sample = DualSoftmaxReference.sampleOf(given);
    int classes = DualSoftmaxNetwork.CLASSES;
    return categorical(logits, 0, classes, sample / classes)
        + categorical(logits, classes, 2 * classes, sample % classes);
  }

  private static double head(Head head, double[] logits, double given) {
    return head.accept(
        new Head.Cases<>() {
          @Override
          public Double categorical(Categorical classes) {
            return Likelihood.categorical(logits, 0, logits.length, classes.nearest(given));
          }

          @Override
          public Double mixtureOfLogistics(MixtureOfLogistics mixture) {
            return mixture(mixture.mixtures(), logits, given);
          }

          @Override
          public Double gaussian(Gaussian normal) {
            return Likelihood.gaussian(logits, given);
          }

          @Override
          public Double bandMixtures(BandMixtures bands) {
            return band(bands, logits, given);
          }
        });
  }

  /**
   * -log of the density of a normal distribution, of which a level takes its width: a deviation is
   * at least 30 levels wide, so that the density within one is as good as constant.
   */
  private static double gaussian(double[] outputs, double y) {
    double deviation = StrictMath.exp(Math.max(outputs[1], Gaussian.MINIMUM_LOG_DEVIATION));
    double z = (y - outputs[0]) / deviation;
    double density = StrictMath.exp(-z * z / 2) / (deviation * Math.sqrt(2 * Math.PI));
    double width = 2.0 / (LEVELS - 1);
    return density > 0
        ? -StrictMath.log(density * width)
        : z * z / 2 + StrictMath.log(deviation * Math.sqrt(2 * Math.PI) / width);
  }

  /**
   * -log of the probability of a 16-bit sample: each component gives the mass of its logistic
   * distribution within half a level of it.
   */
  private static double band(BandMixtures head, double[] outputs, double given) {
    int mixtures = head.mixtures();
    double level = given * (LEVELS / 2.0);
    double normaliser = logSumExp(outputs, 0, mixtures);
    double[] terms = new double[mixtures];
    for (int i = 0; i < mixtures; i++) {
      double mean = outputs[mixtures + i];
      double scale = softplus(outputs[2 * mixtures + i]);
      double upper = ((level + 0.5) / head.unit() - mean) / scale;
      double lower = ((level - 0.5) / head.unit() - mean) / scale;
      terms[i] = outputs[i] - normaliser + logInterval(lower, upper, 0);
    }
    return -logSumExp(terms, 0, mixtures);
  }

  /** -log softmax(logits[from..to))[k]. */
  private static double categorical(double[] logits, int from, int to, int k) {
    return logSumExp(logits, from, to) - logits[from + k];
  }

  /**
   * -log of the probability of the level nearest to y, under fatchord's discretized logistic
   * mixture (after Salimans et al. 2017, PixelCNN++, equation 2). With pi = softmax of the mixture
   * logits and sigma the logistic function:
   *
   * <pre>
   * P(y) = sum over i of pi_i (sigma((y + d - mean_i) / s_i) - sigma((y - d - mean_i) / s_i)),   d = 1 / (levels - 1)
   * </pre>
   *
   * where for y below -0.999 the second sigma is 0, and for y above 0.999 the first one is 1.
   * Computed in the log domain, so nothing underflows.
   */
  private static double mixture(int mixtures, double[] outputs, double y) {
    double half = 1.0 / (LEVELS - 1);
    double normaliser = logSumExp(outputs, 0, mixtures);
    double[] terms = new double[mixtures];
    for (int i = 0; i < mixtures; i++) {
      double centred = y - outputs[mixtures + i];
      double logScale = Math.max(outputs[2 * mixtures + i], MixtureOfLogistics.MINIMUM_LOG_SCALE);
      double upper = (centred + half) * StrictMath.exp(-logScale);
      double lower = (centred - half) * StrictMath.exp(-logScale);
      terms[i] = outputs[i] - normaliser + logInterval(lower, upper, y);
    }
    return -logSumExp(terms, 0, mixtures);
  }

  /**
   * log(sigma(upper) - sigma(lower)), by sigma(a) - sigma(b) = sigma(a) sigma(-b) (1 - e^(b-a)).
   */
  private static double logInterval(double lower, double upper, double y) {
    if (y < -EDGE) {
      return -softplus(-upper);
    }
    if (y > EDGE) {
      return -softplus(lower);
    }
    return -softplus(-upper) - softplus(lower) + StrictMath.log(-StrictMath.expm1(lower - upper));
  }

  /** log(1 + e^x). */
  private static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  private static double logSumExp(double[] x, int from, int to) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, x[i]);
    }
    if (Double.isInfinite(largest)) {
      return largest;
    }
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += StrictMath.exp(x[i] - largest);
    }
    return largest + StrictMath.log(sum);
  }
}
