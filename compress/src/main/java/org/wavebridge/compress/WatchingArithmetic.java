package org.wavebridge.compress;

import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.reference.Arithmetic;

/**
 * Binary32 with the functions of the canonical profile and products in an order that is quick,
 * which keeps the inputs of the products of chosen layers until they are taken or dropped.
 */
final class WatchingArithmetic implements Arithmetic {
  private final Set<String> watched;
  private final IdentityHashMap<WeightMatrix, ColumnProduct> products = new IdentityHashMap<>();
  private final Map<String, float[]> seen = new LinkedHashMap<>();

  /** Watches the layers with these names. */
  WatchingArithmetic(Set<String> watched) {
    this.watched = watched;
  }

  /** The inputs since the last call, by layer. */
  Map<String, float[]> take() {
    Map<String, float[]> taken = new LinkedHashMap<>(seen);
    seen.clear();
    return taken;
  }

  @Override
  public double[] affine(WeightMatrix weight, double[] x, double[] bias) {
    float[] input = new float[x.length];
    for (int k = 0; k < x.length; k++) {
      input[k] = (float) x[k];
    }
    if (watched.contains(weight.name())) {
      seen.put(weight.name(), input);
    }
    float[] product = products.computeIfAbsent(weight, ColumnProduct::of).times(input);
    double[] y = new double[product.length];
    for (int r = 0; r < y.length; r++) {
      y[r] = product[r] + (float) bias[r];
    }
    return y;
  }

  @Override
  public double round(double x) {
    return CANONICAL_F32.round(x);
  }

  @Override
  public double add(double a, double b) {
    return CANONICAL_F32.add(a, b);
  }

  @Override
  public double subtract(double a, double b) {
    return CANONICAL_F32.subtract(a, b);
  }

  @Override
  public double fma(double a, double b, double c) {
    return CANONICAL_F32.fma(a, b, c);
  }

  @Override
  public double exp(double x) {
    return CANONICAL_F32.exp(x);
  }

  @Override
  public double log(double x) {
    return CANONICAL_F32.log(x);
  }

  @Override
  public double sigmoid(double x) {
    return CANONICAL_F32.sigmoid(x);
  }

  @Override
  public double tanh(double x) {
    return CANONICAL_F32.tanh(x);
  }

  @Override
  public double value(int k, int classes) {
    return CANONICAL_F32.value(k, classes);
  }

  @Override
  public int drawClass(double[] logits, double temperature, double uniform) {
    return CANONICAL_F32.drawClass(logits, temperature, uniform);
  }

  @Override
  public boolean canonical() {
    return true;
  }

  @Override
  public double multiply(double a, double b) {
    return CANONICAL_F32.multiply(a, b);
  }

  @Override
  public double divide(double a, double b) {
    return CANONICAL_F32.divide(a, b);
  }
}
