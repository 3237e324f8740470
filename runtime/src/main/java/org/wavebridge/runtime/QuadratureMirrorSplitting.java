package org.wavebridge.runtime;

import org.wavebridge.graphs.model.QuadratureMirrorTree;

/**
 * A waveform to the values that a multi-band network would have to emit for it: the analysis that
 * belongs to a {@link QuadratureMirrorTree}. Each node filters the odd samples by the even chain
 * and the even samples by the odd one; the half sum is the low band, the half difference the high
 * one, truncated toward zero. An odd band is mirrored, so its halves come the other way round.
 */
final class QuadratureMirrorSplitting implements BandSplitting {
  private static final int HALF_RANGE = 32768;

  private final QuadratureMirrorTree tree;

  QuadratureMirrorSplitting(QuadratureMirrorTree tree) {
    this.tree = tree;
  }

  @Override
  public float[] split(float[] waveform) {
    int count = tree.bands();
    int steps = waveform.length / count;
    float[][] bands = {new float[steps * count]};
    for (int t = 0; t < bands[0].length; t++) {
      bands[0][t] = (float) limited(Math.rint(waveform[t] * (double) HALF_RANGE));
    }
    for (int level = 0; level < tree.levels(); level++) {
      float[][] next = new float[2 * bands.length][];
      for (int band = 0; band < bands.length; band++) {
        float[][] halves = halves(bands[band]);
        next[2 * band] = halves[band % 2];
        next[2 * band + 1] = halves[1 - band % 2];
      }
      bands = next;
    }
    float[] values = new float[steps * count];
    for (int i = 0; i < values.length; i++) {
      values[i] = bands[i % count][i / count] / HALF_RANGE;
    }
    return values;
  }

  private float[][] halves(float[] x) {
    float[] oddState = new float[tree.sections()];
    float[] evenState = new float[tree.sections()];
    float[][] halves = new float[2][x.length / 2];
    for (int i = 0; i < halves[0].length; i++) {
      float a = filtered(tree.odd(), oddState, x[2 * i]);
      float b = filtered(tree.even(), evenState, x[2 * i + 1]);
      halves[0][i] = (int) limited((a + b) / 2);
      halves[1][i] = (int) limited((a - b) / 2);
    }
    return halves;
  }

  private static float filtered(float[] coefficients, float[] state, float x) {
    float y = x;
    for (int k = 0; k < coefficients.length; k++) {
      float s = y - coefficients[k] * state[k];
      y = coefficients[k] * s + state[k];
      state[k] = s;
    }
    return y;
  }

  private static double limited(double level) {
    return Math.max(-HALF_RANGE, Math.min(HALF_RANGE - 1, level));
  }
}
