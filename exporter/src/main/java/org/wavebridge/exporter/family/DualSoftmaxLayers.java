package org.wavebridge.exporter.family;

import static org.wavebridge.exporter.family.TensorReader.ANY;

import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;

/**
 * The layers that families with a dual softmax have in common: four dense layers behind the GRU.
 */
final class DualSoftmaxLayers {
  private DualSoftmaxLayers() {}

  /**
   * The network behind its input.
   *
   * @param dense prefix of the dense layers: 1 and 2 coarse, 3 and 4 fine
   * @param initialPrevious values of c and f before the first sample
   */
  static DualSoftmaxNetwork network(
      TensorReader tensors,
      String dense,
      Affine conditioning,
      WeightMatrix sample,
      Affine recurrent,
      float[] initialPrevious) {
    int half = recurrent.weight().columns() / 2;
    int coarse = (int) tensors.shape(dense + "1.weight", ANY, half)[0];
    int fine = (int) tensors.shape(dense + "3.weight", ANY, half)[0];
    return new DualSoftmaxNetwork(
        conditioning,
        sample,
        recurrent,
        tensors.layer(dense + "1", "coarse_hidden", coarse, half),
        tensors.layer(dense + "2", "coarse_output", DualSoftmaxNetwork.CLASSES, coarse),
        tensors.layer(dense + "3", "fine_hidden", fine, half),
        tensors.layer(dense + "4", "fine_output", DualSoftmaxNetwork.CLASSES, fine),
        initialPrevious);
  }

  /** The coarse half must not see c_t, which is drawn from it. */
  static void requireMasked(TensorReader tensors, String name, WeightMatrix sample) {
    int hidden = sample.rows() / 3;
    for (int row = 0; row < sample.rows(); row++) {
      if (row % hidden < hidden / 2 && sample.at(row, 2) != 0) {
        throw tensors.refused(
            "tensor '%s': row %d, column of c_t is %s, expected 0: the coarse half must not see c_t"
                .formatted(name, row, sample.at(row, 2)));
      }
    }
  }
}
