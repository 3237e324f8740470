package org.wavebridge.conformance.cases;

import java.util.List;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.BlockShape;

/**
 * {@code BlockSparseGemm} over rows, sizes, block shapes and densities. Catches a wrong block
 * index, a transposed block, a last block or row left out, and a kernel that is right only for its
 * favourite shape. Whole numbers come first: there any order of additions is exact.
 */
final class ProductShapes extends ProductCase {
  private static final List<BlockShape> BLOCKS =
      List.of(
          new BlockShape(16, 1),
          new BlockShape(8, 1),
          new BlockShape(4, 4),
          new BlockShape(1, 4),
          new BlockShape(2, 3),
          new BlockShape(1, 1));

  @Override
  public String name() {
    return "operator/product-shapes";
  }

  @Override
  public String catches() {
    return "a wrong block index, a transposed block, a missed last block or row, a kernel right only for its favourite shape";
  }

  @Override
  public void run(Trial trial) {
    ProductGraph make = new ProductGraph(11);
    for (BlockShape block : BLOCKS) {
      for (int columns : new int[] {1, 7, 33, 64}) {
        double[] densities = trial.quick() ? new double[] {0.4} : new double[] {0.05, 0.4, 1};
        for (double density : densities) {
          int outputs = 3 * block.height() * (1 + columns % 5);
          for (boolean whole : new boolean[] {true, false}) {
            Affine layer = make.layer(outputs, columns, block, density, whole);
            String name =
                "r%d_k%d_b%s_d%s%s"
                    .formatted(outputs, columns, block, density, whole ? "_whole" : "");
            for (int rows : new int[] {1, 3, 17}) {
              float[] x = make.numbers(rows * columns, whole);
              float[] found = ProductGraph.run(trial, ProductGraph.of(name, layer, 0), x, columns);
              judge(trial, name + " n" + rows, layer, x, found);
            }
          }
        }
      }
    }
  }
}
