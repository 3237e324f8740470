package org.wavebridge.conformance.cases;

import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.BlockShape;

/**
 * Rows of blocks without any block, first and last, and a weight without any at all. Catches a row
 * pointer that runs ahead, and a bias that is only added with a block.
 */
final class ProductEmptyBlocks extends ProductCase {
  @Override
  public String name() {
    return "operator/product-empty-blocks";
  }

  @Override
  public String catches() {
    return "a row pointer that runs ahead where a row of blocks is empty, a bias added only with a block";
  }

  @Override
  public void run(Trial trial) {
    ProductGraph make = new ProductGraph(12);
    for (BlockShape block : new BlockShape[] {new BlockShape(16, 1), new BlockShape(4, 4)}) {
      Affine some = ProductGraph.withEmptyBlockRows(make.layer(64, 24, block, 0.5, false));
      Affine none = make.layer(64, 24, block, 0, false);
      float[] x = make.numbers(3 * 24, false);
      String name = "b" + block;
      judge(
          trial,
          name + " empty rows",
          some,
          x,
          ProductGraph.run(trial, ProductGraph.of(name + " some", some, 0), x, 24));
      judge(
          trial,
          name + " no blocks",
          none,
          x,
          ProductGraph.run(trial, ProductGraph.of(name + " none", none, 0), x, 24));
    }
  }
}
