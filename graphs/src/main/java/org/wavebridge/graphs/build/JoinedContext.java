package org.wavebridge.graphs.build;

import java.util.Optional;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.DualSoftmaxNetwork;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * A step network that takes the context as further columns of its conditioning: {@code [W_cond |
 * W_context]}. Mathematically the same; the order of additions is another.
 */
final class JoinedContext {
  private JoinedContext() {}

  static DualSoftmaxNetwork join(DualSoftmaxNetwork network, Optional<WeightMatrix> context) {
    Affine layer = network.conditioning();
    return new DualSoftmaxNetwork(
        new Affine(join(layer.weight(), context), layer.bias()),
        network.sample(),
        network.recurrent(),
        network.coarseHidden(),
        network.coarseOutput(),
        network.fineHidden(),
        network.fineOutput(),
        network.initialPrevious());
  }

  static ResidualGruNetwork join(ResidualGruNetwork network, Optional<WeightMatrix> context) {
    AuxAffine layer = network.input();
    return new ResidualGruNetwork(
        network.sample(),
        new AuxAffine(join(layer.weight(), context), layer.aux(), layer.bias()),
        network.gru1Input(),
        network.gru1Recurrent(),
        network.gru2Input(),
        network.gru2Recurrent(),
        network.fc1(),
        network.fc2(),
        network.output(),
        network.head());
  }

  private static WeightMatrix join(WeightMatrix weight, Optional<WeightMatrix> context) {
    if (context.isEmpty()) {
      return weight;
    }
    int left = weight.columns();
    int right = context.get().columns();
    float[] values = new float[weight.rows() * (left + right)];
    for (int row = 0; row < weight.rows(); row++) {
      int at = row * (left + right);
      System.arraycopy(weight.values(), row * left, values, at, left);
      System.arraycopy(context.get().values(), row * right, values, at + left, right);
    }
    return WeightMatrix.dense(weight.name(), weight.rows(), left + right, values);
  }
}
