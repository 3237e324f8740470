package org.wavebridge.exporter.sparsity;

import java.util.List;
import org.wavebridge.graphs.build.PackedWeight;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.DualSoftmaxNetwork;
import org.wavebridge.graphs.model.MultiBandGruNetwork;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.WeightMatrix;

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
    if (network instanceof DualSoftmaxNetwork dual) {
      return new DualSoftmaxNetwork(
          choose(dual.conditioning()),
          dual.sample(),
          choose(dual.recurrent()),
          choose(dual.coarseHidden()),
          choose(dual.coarseOutput()),
          choose(dual.fineHidden()),
          choose(dual.fineOutput()),
          dual.initialPrevious());
    }
    if (network instanceof ResidualGruNetwork residual) {
      return new ResidualGruNetwork(
          residual.sample(),
          choose(residual.input()),
          choose(residual.gru1Input()),
          choose(residual.gru1Recurrent()),
          choose(residual.gru2Input()),
          choose(residual.gru2Recurrent()),
          choose(residual.fc1()),
          choose(residual.fc2()),
          choose(residual.output()),
          residual.head());
    }
    if (network instanceof MultiBandGruNetwork multiBand) {
      return multiBand.map(BlockShapes::choose);
    }
    throw new IllegalArgumentException("no matrices known of " + network.getClass());
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

  private static Affine choose(Affine layer) {
    return new Affine(choose(layer.weight()), layer.bias());
  }

  private static AuxAffine choose(AuxAffine layer) {
    return new AuxAffine(choose(layer.weight()), choose(layer.aux()), layer.bias());
  }
}
