package org.wavebridge.reference;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Subscale;

/**
 * The contexts of one sub-tensor, in the order of its positions, layer by layer over time as {@link
 * ContextNetwork} defines them. Outputs are kept: no sample that a context reads may change after.
 */
final class ContextReference {
  private final Subscale subscale;
  private final ContextNetwork network;
  private final Arithmetic of;
  private final double[] audio;
  private final int row;

  /**
   * The output of every layer where all the samples it depends on are 0; first the input itself.
   */
  private final List<double[]> responses = new ArrayList<>();

  /** The outputs of every layer at the times 0, 1, ...; first the input itself. */
  private final List<List<double[]>> outputs = new ArrayList<>();

  /**
   * The contexts of a sub-tensor.
   *
   * @param audio the values of the whole utterance; those not made yet are not read
   */
  ContextReference(
      Subscale subscale, ContextNetwork network, Arithmetic arithmetic, double[] audio, int row) {
    this.subscale = subscale;
    this.network = network;
    this.of = arithmetic;
    this.audio = audio;
    this.row = row;
    responses.add(new double[network.factor()]);
    outputs.add(new ArrayList<>());
    for (int depth = 0; depth < network.layers().size(); depth++) {
      responses.add(layer(depth, -1));
      outputs.add(new ArrayList<>());
    }
  }

  /** The context of a position: the last layer's output at the time position + horizon. */
  double[] at(int position) {
    int depth = network.layers().size();
    for (int time = outputs.get(0).size(); time <= position + subscale.horizon(); time++) {
      outputs.get(0).add(channels(time));
      for (int i = 0; i < depth; i++) {
        outputs.get(i + 1).add(layer(i, time));
      }
    }
    return outputs.get(depth).get(position + subscale.horizon()).clone();
  }

  /** W [oldest tap, ..., newest tap] + b, then ReLU where the layer has it. */
  private double[] layer(int depth, int time) {
    ContextLayer layer = network.layers().get(depth);
    int inputs = layer.inputs();
    double[] taps = new double[layer.kernel() * inputs];
    for (int k = 0; k < layer.kernel(); k++) {
      int tapTime = time - (layer.kernel() - 1 - k) * layer.dilation();
      double[] tap = tapTime < 0 ? responses.get(depth) : outputs.get(depth).get(tapTime);
      System.arraycopy(tap, 0, taps, k * inputs, inputs);
    }
    double[] y = of.affine(layer.weight(), taps, Arithmetic.widen(layer.bias()));
    return layer.relu() ? Arithmetic.relu(y) : y;
  }

  /** The input at a time: own past, then the sub-tensors before this one, nearest first. */
  private double[] channels(int time) {
    double[] x = new double[network.factor()];
    if (network.ownPast()) {
      x[0] = sample(time - subscale.horizon() - 1, row);
    }
    for (int d = 1; d < x.length; d++) {
      x[d] = sample(time, row - d);
    }
    return x;
  }

  private double sample(int time, int subTensor) {
    long index = (long) subscale.factor() * time + subTensor;
    return subTensor < 0 || time < 0 || index >= audio.length ? 0 : of.round(audio[(int) index]);
  }
}
