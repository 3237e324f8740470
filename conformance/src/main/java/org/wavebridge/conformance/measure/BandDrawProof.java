package org.wavebridge.conformance.measure;

import java.util.Arrays;
import org.wavebridge.graphs.model.Head.BandMixtures;

/**
 * The proof for a sample of a band: its component must be the one drawn, or a near tie, and its
 * value must be truncated to the found level, or lie as near to it as the error of the outputs and
 * the rounding of f32 can move it.
 */
final class BandDrawProof {
  private static final int HALF_RANGE = 32768;

  /** Relative rounding of a few f32 operations. */
  private static final double ROUNDING = 4e-7;

  private BandDrawProof() {}

  static DrawProof of(
      BandMixtures head,
      double[] outputs,
      double error,
      double[] uniforms,
      double temperature,
      float found) {
    int level = (int) Math.rint(found * (double) HALF_RANGE);
    if ((float) (level / (double) HALF_RANGE) != found
        || level < -HALF_RANGE
        || level >= HALF_RANGE) {
      return DrawProof.IMPOSSIBLE;
    }
    int mixtures = head.mixtures();
    double[] scores = Arrays.copyOf(outputs, mixtures);
    double q = uniforms[1] * (1 - 2.0 * head.margin()) + head.margin();
    double logistic = Math.log((1 - q) / q);
    // 1 - q and q are rounded before the logarithm.
    double logisticError = ROUNDING * (1 / (1 - q) + 1 / q + Math.abs(logistic));
    DrawProof nearest = DrawProof.IMPOSSIBLE;
    for (int i = 0; i < mixtures; i++) {
      DrawProof component = DrawProof.ofClass(scores, error, uniforms[0], temperature, i);
      if (!component.explained()) {
        continue;
      }
      double mean = outputs[mixtures + i];
      double scale = Math.log1p(Math.exp(outputs[2 * mixtures + i])) * temperature;
      double moved =
          error * (1 + temperature * Math.abs(logistic))
              + scale * logisticError
              + ROUNDING * (Math.abs(mean) + Math.abs(scale * logistic));
      double outside = outside((mean + scale * logistic) * head.unit(), level);
      DrawProof proof =
          outside == 0 ? component : new DrawProof(false, outside, moved * head.unit());
      if (proof.same()) {
        return proof;
      }
      if (proof.explained() || !nearest.explained()) {
        nearest = proof;
      }
    }
    return nearest;
  }

  /** How far a number lies from those that are truncated to a level. */
  private static double outside(double x, int level) {
    double low = level > 0 ? level : level == -HALF_RANGE ? -Double.MAX_VALUE : level - 1;
    double high = level < 0 ? level : level == HALF_RANGE - 1 ? Double.MAX_VALUE : level + 1;
    return Math.max(0, Math.max(low - x, x - high));
  }
}
