package org.wavebridge.reference;

import org.wavebridge.graphs.model.Int8Weights;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * The product of the int8 profile (docs/numerics.md): integers inside, three f32 roundings at the
 * end.
 */
final class CanonicalInt8 {
  private CanonicalInt8() {}

  /** float(acc) * (s a) + b, with acc the exact sum of int8 products. */
  static double[] affine(WeightMatrix weight, Int8Weights int8, float[] x, double[] bias) {
    int most = int8.largestActivation();
    float largest = int8.boundedInput() ? 1 : largest(x);
    float factor = largest > 0 ? most / largest : 0;
    float unit = largest / most;
    int[] q = new int[x.length];
    for (int k = 0; k < q.length; k++) {
      q[k] = (int) Math.max(-most, Math.min(most, Math.rint(x[k] * factor)));
    }
    double[] y = new double[weight.rows()];
    for (int r = 0; r < y.length; r++) {
      int sum = 0;
      for (int k = 0; k < q.length; k++) {
        sum += int8.values()[r * q.length + k] * q[k];
      }
      y[r] = (float) sum * (int8.scales()[r] * unit) + (float) bias[r];
    }
    return y;
  }

  private static float largest(float[] x) {
    float largest = 0;
    for (float value : x) {
      largest = Math.abs(value) > largest ? Math.abs(value) : largest;
    }
    return largest;
  }
}
