package org.wavebridge.compress;

import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.reference.ForwardingArithmetic;

/**
 * Binary32 with the functions of the canonical profile and products in an order that is quick,
 * which keeps the inputs of the products of chosen layers until they are taken or dropped.
 */
final class WatchingArithmetic extends ForwardingArithmetic {
  private final Set<String> watched;
  private final IdentityHashMap<WeightMatrix, ColumnProduct> products = new IdentityHashMap<>();
  private final Map<String, float[]> seen = new LinkedHashMap<>();

  /** Watches the layers with these names. */
  WatchingArithmetic(Set<String> watched) {
    super(CANONICAL_F32);
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
}
