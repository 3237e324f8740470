package org.wavebridge.reference;

import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.Head.Gaussian;
import org.wavebridge.graphs.model.Head.MixtureOfLogistics;
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
   * Draws from a mixture of logistic distributions: the component j with the largest {@code logit /
   * temperature - log(-log u_j)}, then {@code mean + e^log_scale temperature (log u - log(1 - u))}
   * with the last uniform, limited to [-1, 1]. Uniforms are first limited to [1e-5, 0.99999], log
   * scales to at least log 1e-14.
   *
   * @param outputs {@code [3M]}: mixture logits, means, log scales
   * @param uniforms {@code [M + 1]}
   */
  default double drawMixture(
      MixtureOfLogistics head, double[] outputs, double temperature, double[] uniforms) {
    int mixtures = head.mixtures();
    int component = 0;
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < mixtures; i++) {
      double u = limitUniform(uniforms[i]);
      double score = subtract(divide(outputs[i], temperature), log(-log(u)));
      if (score > largest) {
        largest = score;
        component = i;
      }
    }
    double u = limitUniform(uniforms[mixtures]);
    double quantile = subtract(log(u), log(subtract(1, u)));
    double smallest = round(MixtureOfLogistics.MINIMUM_LOG_SCALE);
    double logScale = Math.max(outputs[2 * mixtures + component], smallest);
    double scale = multiply(exp(logScale), temperature);
    return Math.max(-1, Math.min(1, fma(scale, quantile, outputs[mixtures + component])));
  }

  /**
   * Draws from a normal distribution: {@code mean + e^log_deviation temperature q}, where q is the
   * {@link #normalQuantile} of the uniform, limited to [-1, 1]. The uniform is first limited to
   * [2^-24, 1 - 2^-24], the logarithm of the deviation to at least -7.
   *
   * @param outputs {@code [2]}: mean, logarithm of the deviation
   */
  default double drawGaussian(double[] outputs, double temperature, double uniform) {
    double quantile = normalQuantile(Math.max(0x1p-24, Math.min(1 - 0x1p-24, uniform)));
    double logDeviation = Math.max(outputs[1], Gaussian.MINIMUM_LOG_DEVIATION);
    double deviation = multiply(exp(logDeviation), temperature);
    return Math.max(-1, Math.min(1, fma(deviation, quantile, outputs[0])));
  }

  /** The number below which a share {@code u} of the standard normal distribution lies. */
  double normalQuantile(double u);

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

  /** The same values as doubles. */
  static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  /** Limits a uniform to [1e-5, 0.99999], both as binary32, so that its logarithms are finite. */
  private static double limitUniform(double u) {
    return Math.max(1e-5f, Math.min(0.99999f, u));
  }
}
