package org.wavebridge.reference;

import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * The numbers a reference computes with. Values are carried as doubles; an arithmetic rounds the
 * result of each operation to its own precision.
 */
public interface Arithmetic {
  // No other class makes or names the two implementations, so none can begin to initialise one of
  // them before this interface.

  /** Plain double precision. */
  @SuppressWarnings("ClassInitializationDeadlock")
  Arithmetic DOUBLE = new DoubleArithmetic();

  /** Binary32 in the order and with the functions of {@code docs/numerics.md}, to the bit. */
  @SuppressWarnings("ClassInitializationDeadlock")
  Arithmetic CANONICAL_F32 = new CanonicalF32();

  /** The nearest number of this arithmetic. */
  double round(double x);

  /** a + b. */
  double add(double a, double b);

  /** a - b. */
  double subtract(double a, double b);

  /** a b + c, in binary32 rounded once. */
  double fma(double a, double b, double c);

  /** e^x. */
  double exp(double x);

  /** Natural logarithm of a positive normal number. */
  double log(double x);

  /** 1 / (1 + e^-x). */
  double sigmoid(double x);

  /** Hyperbolic tangent. */
  double tanh(double x);

  /**
   * W x + b.
   *
   * @param weight W, {@code [R, K]}
   * @param x {@code [K]}
   * @param bias b, {@code [R]}
   * @return {@code [R]}
   */
  double[] affine(WeightMatrix weight, double[] x, double[] bias);

  /** W x + b. */
  default double[] affine(Affine layer, double[] x) {
    return affine(layer.weight(), x, widen(layer.bias()));
  }

  /** The value that class {@code k} of {@code classes} stands for: 2k / (classes - 1) - 1. */
  double value(int k, int classes);

  /**
   * Draws from softmax(logits / temperature): the first class whose cumulative probability is above
   * {@code uniform}. A NaN has no probability; where no class has any, the draw is class 0.
   *
   * @param logits {@code [C]}, C at most 32,767 in the canonical profile
   * @param uniform in [0, 1)
   * @throws IllegalArgumentException if there are too many classes
   */
  int drawClass(double[] logits, double temperature, double uniform);

  /**
   * The same after a share of all probability is taken from that of every class, as far as it goes.
   *
   * @param floor the share, in units of 2^-24
   */
  int drawClass(double[] logits, double temperature, double uniform, int floor);

  /** Draws a value as a head does. */
  default double draw(HeadReference head, double[] outputs, double temperature, double[] uniforms) {
    return head.draw(this, outputs, temperature, uniforms);
  }

  /** Whether functions are those of {@code docs/numerics.md}, and not the exact ones. */
  boolean canonical();

  /** a b. */
  double multiply(double a, double b);

  /** a / b. */
  double divide(double a, double b);

  /** max(x, 0), and 0 for a NaN, for every element. */
  static double[] relu(double[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] > 0 ? x[i] : 0;
    }
    return y;
  }

  /** Values as doubles. */
  static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
