package org.wavebridge.conformance.measure;

import java.util.Arrays;
import org.apache.commons.numbers.gamma.InverseErfc;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Head.Categorical;
import org.wavebridge.graphs.model.Head.Gaussian;
import org.wavebridge.graphs.model.Head.MixtureOfLogistics;
import org.wavebridge.graphs.model.NetworkTable;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.multibandgru.MultiBandGruNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

/**
 * Whether a value is what a distribution gives for its uniforms, or lost a near tie.
 *
 * <p>Where every logit is off by at most e, the log odds of a cumulative probability F are off by
 * at most 2 e, so F itself by at most F (1 - F) (exp(2 e) - 1). A uniform further than that from
 * the interval of the class that was drawn proves an error. Everything in double precision.
 *
 * @param same whether it is the value that the distribution gives
 * @param distance how far a uniform lies outside of what the value stands for; 0 if inside
 * @param allowed how far the error of the logits can move that edge
 */
public record DrawProof(boolean same, double distance, double allowed) {
  /** A softmax rounds each probability to a multiple of 2^-24 of the largest (docs/numerics.md). */
  private static final double PROBABILITY_UNIT = 0x1p-24;

  static final DrawProof SAME = new DrawProof(true, 0, 0);
  static final DrawProof IMPOSSIBLE = new DrawProof(false, Double.POSITIVE_INFINITY, 0);

  /** Whether the value is right, or a near tie. */
  public boolean explained() {
    return same || distance <= allowed;
  }

  /**
   * Judges one drawn sample.
   *
   * @param logits of the reference, from the same state
   * @param error largest absolute error of the target's logits of this sample
   * @param uniforms {@code [draws]}
   * @param found the value that was drawn
   */
  public static DrawProof of(
      StepNetwork network,
      double[] logits,
      double error,
      double[] uniforms,
      double temperature,
      float found) {
    return new NetworkTable<DrawProof>()
        .with(
            DualSoftmaxNetwork.class,
            dual -> ofTwoClasses(logits, error, uniforms, temperature, found))
        .with(
            MultiBandGruNetwork.class,
            bands -> BandDrawProof.of(bands.head(), logits, error, uniforms, temperature, found))
        .with(
            ResidualGruNetwork.class,
            residual -> ofHead(residual.head(), logits, error, uniforms, temperature, found))
        .of(network);
  }

  private static DrawProof ofTwoClasses(
      double[] logits, double error, double[] uniforms, double temperature, float found) {
    int classes = DualSoftmaxNetwork.CLASSES;
    int sample = (int) Math.rint((found + 1.0) * 32768);
    if (sample < 0 || sample > 65535 || (float) (sample / 32768.0 - 1) != found) {
      return IMPOSSIBLE;
    }
    DrawProof coarse =
        ofClass(Arrays.copyOf(logits, classes), error, uniforms[0], temperature, sample / classes);
    DrawProof fine =
        ofClass(
            Arrays.copyOfRange(logits, classes, 2 * classes),
            error,
            uniforms[1],
            temperature,
            sample % classes);
    return coarse.explained() && !fine.same() ? fine : coarse;
  }

  private static DrawProof ofHead(
      Head head,
      double[] logits,
      double error,
      double[] uniforms,
      double temperature,
      float found) {
    return head.accept(
        new Head.Cases<>() {
          @Override
          public DrawProof categorical(Categorical classes) {
            int index = classes.nearest(found);
            return Math.abs(classes.value(index) - found) <= 1e-6
                ? ofClass(logits, error, uniforms[0], temperature, index)
                : IMPOSSIBLE;
          }

          @Override
          public DrawProof mixtureOfLogistics(MixtureOfLogistics mixture) {
            return ofMixture(mixture.mixtures(), logits, error, uniforms, temperature, found);
          }

          @Override
          public DrawProof gaussian(Gaussian normal) {
            return ofGaussian(logits, error, uniforms[0], temperature, found);
          }

          @Override
          public DrawProof bandMixtures(Head.BandMixtures bands) {
            return BandDrawProof.of(bands, logits, error, uniforms, temperature, found);
          }
        });
  }

  static DrawProof ofClass(
      double[] logits, double error, double uniform, double temperature, int index) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      largest = Math.max(largest, logit / temperature);
    }
    double total = 0;
    double below = 0;
    double upTo = 0;
    for (int i = 0; i < logits.length; i++) {
      double p = Math.exp(logits[i] / temperature - largest);
      below += i < index ? p : 0;
      upTo += i <= index ? p : 0;
      total += p;
    }
    double low = below / total;
    double high = upTo / total;
    if (low <= uniform && uniform < high) {
      return SAME;
    }
    double edge = uniform < low ? low : high;
    // The division by the temperature, the largest and the exponential each round once in f32.
    double scaled = error / temperature + 4e-7 * (1 + Math.abs(largest));
    double allowed = edge * (1 - edge) * Math.expm1(2 * scaled) + logits.length * PROBABILITY_UNIT;
    return new DrawProof(false, Math.abs(uniform - edge), allowed);
  }

  private static DrawProof ofMixture(
      int mixtures,
      double[] outputs,
      double error,
      double[] uniforms,
      double temperature,
      float found) {
    double[] scores = new double[mixtures];
    for (int i = 0; i < mixtures; i++) {
      scores[i] = outputs[i] / temperature - Math.log(-Math.log(limit(uniforms[i])));
    }
    double best = Arrays.stream(scores).max().orElseThrow();
    double u = limit(uniforms[mixtures]);
    double quantile = Math.log(u) - Math.log(1 - u);
    DrawProof nearest = IMPOSSIBLE;
    for (int i = 0; i < mixtures; i++) {
      double logScale = Math.max(outputs[2 * mixtures + i], MixtureOfLogistics.MINIMUM_LOG_SCALE);
      double offset = Math.exp(logScale) * temperature * quantile;
      double value = Math.max(-1, Math.min(1, outputs[mixtures + i] + offset));
      double rounding = 1e-6 * (1 + Math.abs(offset));
      if (Math.abs(value - found) <= error + Math.abs(offset) * Math.expm1(error) + rounding) {
        double behind = best - scores[i];
        double allowed = 2 * error / temperature + 1e-5 * (1 + Math.abs(best));
        DrawProof proof = behind == 0 ? SAME : new DrawProof(false, behind, allowed);
        if (proof.same() || proof.distance() < nearest.distance()) {
          nearest = proof;
        }
      }
      if (nearest.same()) {
        return nearest;
      }
    }
    return nearest;
  }

  /** There are no ties: a value is right where it follows from outputs within the error. */
  private static DrawProof ofGaussian(
      double[] outputs, double error, double uniform, double temperature, float found) {
    double u = Math.max(0x1p-24, Math.min(1 - 0x1p-24, uniform));
    double quantile = -Math.sqrt(2) * InverseErfc.value(2 * u);
    double logDeviation = Math.max(outputs[1], Gaussian.MINIMUM_LOG_DEVIATION);
    double offset = Math.exp(logDeviation) * temperature * quantile;
    double value = Math.max(-1, Math.min(1, outputs[0] + offset));
    // The quantile of binary32 is right to 1.2e-6 of itself.
    double rounding = 1e-6 * (1 + 2 * Math.abs(offset));
    double allowed = error + Math.abs(offset) * Math.expm1(error) + rounding;
    double distance = Math.abs(value - found);
    return distance <= allowed ? SAME : new DrawProof(false, distance, allowed);
  }

  private static double limit(double uniform) {
    return Math.max(1e-5f, Math.min(0.99999f, uniform));
  }
}
