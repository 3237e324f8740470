package org.wavebridge.conformance.mutation;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;

/** Bugs of the weights as they are read. */
final class WeightBugs {
  private WeightBugs() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of("one block of weights dropped").weights(each(WeightBugs::withoutOneBlock)),
        Mutant.of("rows of blocks shifted by one").weights(each(WeightBugs::shifted)),
        Mutant.of("sign of one weight flipped").weights(each(WeightBugs::flipped)),
        Mutant.of("coarse and fine head exchanged").weights(WeightBugs::headsExchanged),
        Mutant.of("mask of the current coarse value missing").weights(WeightBugs::withoutMask),
        Mutant.of("recurrent bias dropped").weights(WeightBugs::withoutRecurrentBias));
  }

  private static UnaryOperator<StepNetwork> each(UnaryOperator<WeightMatrix> change) {
    return network -> network.map(change);
  }

  private static WeightMatrix changed(WeightMatrix matrix, float[] values) {
    return new WeightMatrix(
        matrix.name(), matrix.rows(), matrix.columns(), values, matrix.blocks(), Optional.empty());
  }

  private static WeightMatrix withoutOneBlock(WeightMatrix matrix) {
    float[] values = matrix.values().clone();
    int height = matrix.blocks().map(block -> block.height()).orElse(1);
    for (int column = 0; column < matrix.columns(); column++) {
      boolean any = false;
      for (int row = 0; row < height; row++) {
        any |= values[row * matrix.columns() + column] != 0;
        values[row * matrix.columns() + column] = 0;
      }
      if (any) {
        break;
      }
    }
    return changed(matrix, values);
  }

  private static WeightMatrix shifted(WeightMatrix matrix) {
    float[] values = new float[matrix.values().length];
    int height = matrix.blocks().map(block -> block.height()).orElse(1);
    int by = height * matrix.columns();
    for (int i = 0; i < values.length; i++) {
      values[(i + by) % values.length] = matrix.values()[i];
    }
    return changed(matrix, values);
  }

  private static WeightMatrix flipped(WeightMatrix matrix) {
    float[] values = matrix.values().clone();
    for (int i = values.length - 1; i >= 0; i--) {
      if (values[i] != 0) {
        values[i] = -values[i];
        break;
      }
    }
    return changed(matrix, values);
  }

  private static StepNetwork headsExchanged(StepNetwork network) {
    return network instanceof DualSoftmaxNetwork n
        ? new DualSoftmaxNetwork(
            n.conditioning(),
            n.sample(),
            n.recurrent(),
            n.fineHidden(),
            n.fineOutput(),
            n.coarseHidden(),
            n.coarseOutput(),
            n.initialPrevious())
        : network;
  }

  /**
   * The column that only the fine half may see is added to the coarse half, with what was before.
   */
  private static StepNetwork withoutMask(StepNetwork network) {
    if (!(network instanceof DualSoftmaxNetwork n)) {
      return network;
    }
    float[] values = n.sample().values().clone();
    int hidden = n.hidden();
    for (int row = 0; row < 3 * hidden; row++) {
      if (row % hidden < hidden / 2) {
        values[row * 3] += values[(row + hidden / 2) * 3 + 2];
      }
    }
    return new DualSoftmaxNetwork(
        n.conditioning(),
        WeightMatrix.dense("sample_weights", 3 * hidden, 3, values),
        n.recurrent(),
        n.coarseHidden(),
        n.coarseOutput(),
        n.fineHidden(),
        n.fineOutput(),
        n.initialPrevious());
  }

  private static StepNetwork withoutRecurrentBias(StepNetwork network) {
    return network instanceof DualSoftmaxNetwork n
        ? new DualSoftmaxNetwork(
            n.conditioning(),
            n.sample(),
            new Affine(n.recurrent().weight(), new float[n.recurrent().bias().length]),
            n.coarseHidden(),
            n.coarseOutput(),
            n.fineHidden(),
            n.fineOutput(),
            n.initialPrevious())
        : network;
  }
}
