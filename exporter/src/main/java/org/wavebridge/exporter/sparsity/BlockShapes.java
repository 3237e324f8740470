package org.wavebridge.exporter.sparsity;

import java.util.List;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.op.PackedWeight;

/**
 * Chooses for every matrix the block shape that stores the fewest bytes. A matrix stays dense
 * unless blocks take at most two thirds of its bytes: a nearly full sparse matrix would only be
 * slower.
 */
public final class BlockShapes {
  private static final List<BlockShape> CANDIDATES =
      List.of(
          new BlockShape(16, 1),
          new BlockShape(8, 1),
          new BlockShape(4, 4),
          new BlockShape(1, 8),
          new BlockShape(1, 4));

  private BlockShapes() {}

  /** The network with every matrix stored in its best shape. */
  public static StepNetwork choose(StepNetwork network) {
    return network.map(BlockShapes::choose);
  }

  /** The conditioner with those of its matrices that may be sparse in their best shapes. */
  public static Conditioner choose(Conditioner conditioner) {
    return conditioner instanceof CausalConvolutions causal
        ? causal.map(BlockShapes::choose)
        : conditioner;
  }

  /** The matrix stored in its best shape. */
  public static WeightMatrix choose(WeightMatrix matrix) {
    WeightMatrix best = matrix;
    long limit = 4L * matrix.values().length * 2 / 3;
    if (4L * matrix.nonZeros() > limit) {
      return matrix;
    }
    for (BlockShape shape : CANDIDATES) {
      if (matrix.rows() % shape.height() == 0) {
        WeightMatrix candidate = matrix.in(shape);
        long bytes = PackedWeight.of(candidate).bytes();
        if (bytes < limit) {
          best = candidate;
          limit = bytes;
        }
      }
    }
    return best;
  }
}
