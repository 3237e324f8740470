package org.wavebridge.reference;

import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.model.NetworkTable;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.embeddinggru.EmbeddingGruNetwork;
import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;
import org.wavebridge.graphs.network.multibandgru.MultiBandGruNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.network.residualgru.SubBandGruNetwork;

/**
 * The negative log-likelihood, in bits, that a network's outputs give to a sample. Always in double
 * precision.
 */
public final class Likelihood {
  /** Levels over which a continuous distribution is made discrete: 16 bits. */
  static final int LEVELS = 65536;

  /** Values beyond this, on either side, take the whole tail of the distribution. */
  private static final double EDGE = 0.999;

  private Likelihood() {}

  /**
   * Bits of a sample: coarse plus fine for a dual softmax.
   *
   * @param logits what the network put out, as {@link ReferenceNetwork#score} returns it
   * @param given what was drawn, as {@link ReferenceNetwork#drawn} returns it
   */
  public static double bits(StepNetwork network, double[] logits, double given) {
    double nats =
        new NetworkTable<Double>()
            .with(DualSoftmaxNetwork.class, dual -> dualSoftmax(logits, given))
            .with(
                MultiBandGruNetwork.class,
                bands -> HeadReference.of(bands.head()).nats(logits, given))
            .with(
                SubBandGruNetwork.class,
                bands -> HeadReference.of(bands.head()).nats(logits, given))
            .with(
                EmbeddingGruNetwork.class, gru -> HeadReference.of(gru.head()).nats(logits, given))
            .with(
                ResidualGruNetwork.class,
                residual -> HeadReference.of(residual.head()).nats(logits, given))
            .with(LpcNetNetwork.class, lpc -> excitation(lpc.draw(), logits, (int) given))
            .of(network);
    return nats / StrictMath.log(2);
  }

  private static double dualSoftmax(double[] logits, double given) {
    int sample = DualSoftmaxReference.sampleOf(given);
    int classes = DualSoftmaxNetwork.CLASSES;
    return categorical(logits, 0, classes, sample / classes)
        + categorical(logits, classes, 2 * classes, sample % classes);
  }

  private static double excitation(ExcitationDraw draw, double[] logits, int drawn) {
    if (draw == ExcitationDraw.SOFTMAX) {
      return categorical(logits, 0, logits.length, drawn);
    }
    double nats = 0;
    int node = 1;
    for (int place = logits.length / 2; place > 0; place /= 2) {
      boolean one = (drawn & place) != 0;
      nats += softplus(one ? -logits[node] : logits[node]);
      node = 2 * node + (one ? 1 : 0);
    }
    return nats;
  }

  /** -log softmax(logits[from..to))[k]. */
  static double categorical(double[] logits, int from, int to, int k) {
    return logSumExp(logits, from, to) - logits[from + k];
  }

  /**
   * log(sigma(upper) - sigma(lower)), by sigma(a) - sigma(b) = sigma(a) sigma(-b) (1 - e^(b-a)).
   */
  static double logInterval(double lower, double upper, double y) {
    if (y < -EDGE) {
      return -softplus(-upper);
    }
    if (y > EDGE) {
      return -softplus(lower);
    }
    return -softplus(-upper) - softplus(lower) + StrictMath.log(-StrictMath.expm1(lower - upper));
  }

  /** log(1 + e^x). */
  static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  static double logSumExp(double[] x, int from, int to) {
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
