package org.wavebridge.conformance.cases;

import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.BlockShape;

/**
 * Blocks that stick out of the matrix, with NaN in what sticks out. Catches a kernel that
 * multiplies padding instead of leaving it out.
 */
final class ProductPadding extends ProductCase {
  @Override
  public String name() {
    return "operator/product-padding";
  }

  @Override
  public String catches() {
    return "padding of the last block column that reaches the result";
  }

  @Override
  public void run(Trial trial) {
    ProductGraph make = new ProductGraph(13);
    for (BlockShape block : new BlockShape[] {new BlockShape(4, 4), new BlockShape(1, 8)}) {
      for (int columns : new int[] {5, 22, 31}) {
        Affine layer = make.layer(24, columns, block, 0.8, false);
        float[] x = make.numbers(2 * columns, false);
        String name = "k%d_b%s_nan_padding".formatted(columns, block);
        float[] found =
            ProductGraph.run(trial, ProductGraph.of(name, layer, Float.NaN), x, columns);
        judge(trial, name, layer, x, found);
      }
    }
  }
}
