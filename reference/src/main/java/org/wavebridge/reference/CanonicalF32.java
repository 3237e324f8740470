package org.wavebridge.reference;

import org.wavebridge.graphs.model.WeightMatrix;

/**
 * The canonical f32 profile: section by section what {@code docs/numerics.md} says. The doubles
 * that go in and come out are exact binary32 values.
 */
final class CanonicalF32 implements Arithmetic {
  /** Above this, the sums of a draw could overflow 63 bits. */
  private static final int MAXIMUM_CLASSES = 32_767;

  @Override
  public double round(double x) {
    return (float) x;
  }

  @Override
  public double add(double a, double b) {
    return (float) a + (float) b;
  }

  @Override
  public double subtract(double a, double b) {
    return (float) a - (float) b;
  }

  @Override
  public double multiply(double a, double b) {
    return (float) a * (float) b;
  }

  @Override
  public double divide(double a, double b) {
    return (float) a / (float) b;
  }

  @Override
  public double fma(double a, double b, double c) {
    return Math.fma((float) a, (float) b, (float) c);
  }

  @Override
  public double exp(double x) {
    return CanonicalFunctions.exp((float) x);
  }

  @Override
  public double log(double x) {
    return CanonicalFunctions.log((float) x);
  }

  @Override
  public boolean canonical() {
    return true;
  }

  @Override
  public double sigmoid(double x) {
    return CanonicalFunctions.sigmoid((float) x);
  }

  @Override
  public double tanh(double x) {
    return CanonicalFunctions.tanh((float) x);
  }

  @Override
  public double[] affine(WeightMatrix weight, double[] x, double[] bias) {
    int columns = weight.columns();
    Shapes.requireLength(weight.name() + " input", columns, x.length);
    Shapes.requireLength(weight.name() + " bias", weight.rows(), bias.length);
    float[] input = new float[columns];
    for (int k = 0; k < columns; k++) {
      input[k] = (float) x[k];
    }
    if (weight.int8().isPresent()) {
      return CanonicalInt8.affine(weight, weight.int8().get(), input, bias);
    }
    float[] w = weight.values();
    double[] y = new double[weight.rows()];
    for (int r = 0; r < y.length; r++) {
      y[r] = dot(w, r * columns, input) + (float) bias[r];
    }
    return y;
  }

  /** s[k mod 4] = fma(w[k], x[k], s[k mod 4]); dot = (s[0] + s[1]) + (s[2] + s[3]). */
  private static float dot(float[] w, int start, float[] x) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int k = 0;
    for (; k < x.length - 3; k += 4) {
      s0 = Math.fma(w[start + k], x[k], s0);
      s1 = Math.fma(w[start + k + 1], x[k + 1], s1);
      s2 = Math.fma(w[start + k + 2], x[k + 2], s2);
      s3 = Math.fma(w[start + k + 3], x[k + 3], s3);
    }
    if (k < x.length) {
      s0 = Math.fma(w[start + k], x[k], s0);
    }
    if (k + 1 < x.length) {
      s1 = Math.fma(w[start + k + 1], x[k + 1], s1);
    }
    if (k + 2 < x.length) {
      s2 = Math.fma(w[start + k + 2], x[k + 2], s2);
    }
    return (s0 + s1) + (s2 + s3);
  }

  @Override
  public double value(int k, int classes) {
    return (float) (2 * k) / (float) (classes - 1) - 1f;
  }

  @Override
  public int drawClass(double[] logits, double temperature, double uniform) {
    return drawClass(logits, temperature, uniform, 0);
  }

  @Override
  public int drawClass(double[] logits, double temperature, double uniform, int floor) {
    if (logits.length > MAXIMUM_CLASSES) {
      throw new IllegalArgumentException(
          "expected at most %d classes, found %d".formatted(MAXIMUM_CLASSES, logits.length));
    }
    float[] scaled = new float[logits.length];
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) logits[i] / (float) temperature;
      largest = scaled[i] > largest ? scaled[i] : largest;
    }
    long[] weights = new long[scaled.length];
    long all = 0;
    for (int i = 0; i < scaled.length; i++) {
      float p = CanonicalFunctions.exp(scaled[i] - largest) * 0x1p24f;
      weights[i] = Float.isNaN(p) ? 0 : (long) Math.rint(p);
      all += weights[i];
    }
    long taken = (all * floor) >> 24;
    long[] cumulative = new long[scaled.length];
    long total = 0;
    for (int i = 0; i < scaled.length; i++) {
      total += Math.max(0, weights[i] - taken);
      cumulative[i] = total;
    }
    long threshold = ((long) ((float) uniform * 0x1p24f)) * total;
    for (int i = 0; i < cumulative.length; i++) {
      if (cumulative[i] << 24 > threshold) {
        return i;
      }
    }
    return 0;
  }

  @Override
  public String toString() {
    return "canonical f32";
  }
}
