package org.wavebridge.reference;

import org.wavebridge.graphs.model.WeightMatrix;

/** The mathematics, as closely as double precision gives it. */
final class DoubleArithmetic implements Arithmetic {
  @Override
  public double round(double x) {
    return x;
  }

  @Override
  public double add(double a, double b) {
    return a + b;
  }

  @Override
  public double subtract(double a, double b) {
    return a - b;
  }

  @Override
  public double multiply(double a, double b) {
    return a * b;
  }

  @Override
  public double divide(double a, double b) {
    return a / b;
  }

  @Override
  public double fma(double a, double b, double c) {
    return a * b + c;
  }

  @Override
  public double exp(double x) {
    return StrictMath.exp(x);
  }

  @Override
  public double log(double x) {
    return StrictMath.log(x);
  }

  @Override
  public boolean canonical() {
    return false;
  }

  @Override
  public double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  @Override
  public double tanh(double x) {
    return StrictMath.tanh(x);
  }

  @Override
  public double[] affine(WeightMatrix weight, double[] x, double[] bias) {
    int columns = weight.columns();
    Shapes.requireLength(weight.name() + " input", columns, x.length);
    Shapes.requireLength(weight.name() + " bias", weight.rows(), bias.length);
    float[] w = weight.values();
    double[] y = new double[weight.rows()];
    for (int r = 0; r < y.length; r++) {
      y[r] = dot(w, r * columns, x) + bias[r];
    }
    return y;
  }

  private static double dot(float[] w, int start, double[] x) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int k = 0;
    for (; k < x.length - 3; k += 4) {
      s0 += w[start + k] * x[k];
      s1 += w[start + k + 1] * x[k + 1];
      s2 += w[start + k + 2] * x[k + 2];
      s3 += w[start + k + 3] * x[k + 3];
    }
    for (; k < x.length; k++) {
      s0 += w[start + k] * x[k];
    }
    return (s0 + s1) + (s2 + s3);
  }

  @Override
  public double value(int k, int classes) {
    return 2.0 * k / (classes - 1) - 1;
  }

  /** c_i > u c_{C-1} for the sums c of exp(l / T - max): no division by the total. */
  @Override
  public int drawClass(double[] logits, double temperature, double uniform) {
    return drawClass(logits, temperature, uniform, 0);
  }

  @Override
  public int drawClass(double[] logits, double temperature, double uniform, int floor) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      double scaled = logit / temperature;
      largest = scaled > largest ? scaled : largest;
    }
    double[] weights = new double[logits.length];
    double all = 0;
    for (int i = 0; i < logits.length; i++) {
      double p = StrictMath.exp(logits[i] / temperature - largest);
      weights[i] = Double.isNaN(p) ? 0 : p;
      all += weights[i];
    }
    double taken = all * floor * 0x1p-24;
    double[] cumulative = new double[logits.length];
    double total = 0;
    for (int i = 0; i < logits.length; i++) {
      total += Math.max(0, weights[i] - taken);
      cumulative[i] = total;
    }
    for (int i = 0; i < cumulative.length; i++) {
      if (cumulative[i] > uniform * total) {
        return i;
      }
    }
    return 0;
  }

  @Override
  public String toString() {
    return "double";
  }
}
