package org.wavebridge.conformance.cases;

import java.util.Arrays;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.BlockShape;

/**
 * Rows of NaN and infinities beside a finite row. Catches a fault on such numbers, and rows of a
 * batch that touch each other.
 */
final class ProductNotFinite extends ProductCase {
  @Override
  public String name() {
    return "operator/product-not-finite";
  }

  @Override
  public String catches() {
    return "a fault on NaN or infinities, and rows of a batch that touch each other";
  }

  @Override
  public void run(Trial trial) {
    ProductGraph make = new ProductGraph(14);
    int columns = 20;
    Affine layer = make.layer(32, columns, new BlockShape(16, 1), 0.7, false);
    float[] finite = make.numbers(columns, false);
    float[] x = new float[4 * columns];
    Arrays.fill(x, 0, columns, Float.NaN);
    Arrays.fill(x, columns, 2 * columns, Float.POSITIVE_INFINITY);
    System.arraycopy(finite, 0, x, 2 * columns, columns);
    Arrays.fill(x, 3 * columns, 4 * columns, Float.NEGATIVE_INFINITY);
    float[] found = ProductGraph.run(trial, ProductGraph.of("not finite", layer, 0), x, columns);
    trial.require("outputs", "expected 4 rows of 32", found.length == 4 * 32);
    if (found.length == 4 * 32) {
      judge(trial, "the finite row", layer, finite, Arrays.copyOfRange(found, 2 * 32, 3 * 32));
    }
  }
}
