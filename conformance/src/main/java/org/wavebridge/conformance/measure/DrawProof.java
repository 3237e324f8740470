package org.wavebridge.conformance.measure;

import java.util.Arrays;
import java.util.List;
import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Head.Categorical;
import org.wavebridge.graphs.model.NetworkTable;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.embeddinggru.EmbeddingGruNetwork;
import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;
import org.wavebridge.graphs.network.multibandgru.MultiBandGruNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.network.residualgru.SubBandGruNetwork;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.HeadReference;

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
   * @param found what was drawn, as {@link org.wavebridge.reference.ReferenceNetwork#drawn} says
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
            EmbeddingGruNetwork.class,
            gru -> ofHead(gru.head(), logits, error, uniforms, temperature, found))
        .with(
            ResidualGruNetwork.class,
            residual -> ofHead(residual.head(), logits, error, uniforms, temperature, found))
        .with(
            LpcNetNetwork.class,
            lpc ->
                lpc.draw() == ExcitationDraw.TREE
                    ? ofDecisions(logits, error, uniforms, temperature, (int) found)
                    : ofClass(
                        logits, error, uniforms[0], temperature, (int) found, ExcitationDraw.FLOOR))
        .with(
            SubBandGruNetwork.class,
            bands -> ofHead(bands.head(), logits, error, uniforms, temperature, found))
        .of(network);
  }

  /** Logits as a draw sees them. */
  public static double[] scaled(double[] logits, double sharpening) {
    return Arrays.stream(logits).map(logit -> logit * sharpening).toArray();
  }

  /** Each decision compares the logit of its node with the threshold of its uniform. */
  private static DrawProof ofDecisions(
      double[] logits, double error, double[] uniforms, double temperature, int found) {
    float[] thresholds = ExcitationDraw.thresholds();
    DrawProof worst = SAME;
    int node = 1;
    for (int i = 0; i < uniforms.length; i++) {
      boolean one = (found >> (uniforms.length - 1 - i) & 1) == 1;
      double logit = logits[node] / temperature;
      double threshold = thresholds[(int) (uniforms[i] * thresholds.length)];
      double allowed = error / temperature + 4e-7 * (1 + Math.abs(logit));
      DrawProof proof =
          threshold < logit == one
              ? SAME
              : new DrawProof(false, Math.abs(logit - threshold), allowed);
      worst = proof.same() || !worst.explained() ? worst : proof;
      node = 2 * node + (one ? 1 : 0);
    }
    return worst;
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
    if (HeadReference.of(head) instanceof HeadReference.Continuous continuous) {
      List<HeadReference.Outcome> outcomes =
          continuous.outcomes(Arithmetic.DOUBLE, logits, temperature, uniforms);
      return ofOutcomes(outcomes, error, temperature, found);
    }
    Categorical classes = head.categorical().orElseThrow();
    int index = classes.nearest(found);
    return Math.abs(classes.value(index) - found) <= 1e-6
        ? ofClass(logits, error, uniforms[0], temperature, index)
        : IMPOSSIBLE;
  }

  static DrawProof ofClass(
      double[] logits, double error, double uniform, double temperature, int index) {
    return ofClass(logits, error, uniform, temperature, index, 0);
  }

  /** The same after a share of all probability, in units of 2^-24, is taken from every class. */
  private static DrawProof ofClass(
      double[] logits, double error, double uniform, double temperature, int index, int floor) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      largest = Math.max(largest, logit / temperature);
    }
    double all = 0;
    for (double logit : logits) {
      all += Math.exp(logit / temperature - largest);
    }
    double total = 0;
    double below = 0;
    double upTo = 0;
    for (int i = 0; i < logits.length; i++) {
      double p = Math.exp(logits[i] / temperature - largest) - all * floor * PROBABILITY_UNIT;
      p = Math.max(0, p);
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

  /**
   * A value is right where it follows from outputs within the error, of an outcome whose score is
   * the largest or lost a near tie.
   */
  private static DrawProof ofOutcomes(
      List<HeadReference.Outcome> outcomes, double error, double temperature, float found) {
    double best = outcomes.stream().mapToDouble(HeadReference.Outcome::score).max().orElseThrow();
    DrawProof nearest = IMPOSSIBLE;
    for (HeadReference.Outcome outcome : outcomes) {
      double offset = outcome.scale() * outcome.quantile();
      double value = Math.max(-1, Math.min(1, outcome.location() + offset));
      double rounding = 1e-6 * (1 + outcome.roundings() * Math.abs(offset));
      double distance = Math.abs(value - found);
      double reach = error + Math.abs(offset) * Math.expm1(error) + rounding;
      double behind = best - outcome.score();
      DrawProof proof;
      if (distance > reach) {
        // Without a choice, the value itself is what is off.
        proof = outcomes.size() == 1 ? new DrawProof(false, distance, reach) : IMPOSSIBLE;
      } else if (behind == 0) {
        return SAME;
      } else {
        double allowed = 2 * error / temperature + 1e-5 * (1 + Math.abs(best));
        proof = new DrawProof(false, behind, allowed);
      }
      nearest = proof.distance() < nearest.distance() ? proof : nearest;
    }
    return nearest;
  }
}
