package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * The weights of a dual-softmax operator, dense, inside a function body.
 *
 * @param conditioning {@code [3H, E]}
 * @param conditioningBias {@code [3H]}
 * @param recurrent {@code [3H, H]}
 * @param recurrentBias {@code [3H]}
 * @param coarseHidden O1
 * @param coarseOutput O2
 * @param fineHidden O3
 * @param fineOutput O4
 */
record DualSoftmaxWeights(
    Value conditioning,
    Value conditioningBias,
    Value recurrent,
    Value recurrentBias,
    DenseLayer coarseHidden,
    DenseLayer coarseOutput,
    DenseLayer fineHidden,
    DenseLayer fineOutput) {
  /** Names of the weights in input order. */
  static final List<String> NAMES =
      List.of(
          "conditioning_weight",
          "recurrent",
          "coarse_hidden",
          "coarse_output",
          "fine_hidden",
          "fine_output");

  /** The input name of a weight's bias. */
  static String biasOf(String weight) {
    return weight.equals("conditioning_weight") ? "conditioning_bias" : weight + "_bias";
  }

  static DualSoftmaxWeights in(Nodes g, Map<String, Value> inputs) {
    Value hidden = size(g, Inputs.get(inputs, "state"), 1);
    Value half = div(g, hidden, longs(g, 2));
    Value e = size(g, Inputs.get(inputs, "conditioning"), 2);
    return new DualSoftmaxWeights(
        Weights.dense(g, inputs, "conditioning_weight", e),
        Inputs.get(inputs, "conditioning_bias"),
        Weights.dense(g, inputs, "recurrent", hidden),
        Inputs.get(inputs, "recurrent_bias"),
        dense(g, inputs, "coarse_hidden", half),
        dense(g, inputs, "coarse_output", rows(g, inputs, "coarse_hidden")),
        dense(g, inputs, "fine_hidden", half),
        dense(g, inputs, "fine_output", rows(g, inputs, "fine_hidden")));
  }

  private static DenseLayer dense(Nodes g, Map<String, Value> inputs, String name, Value columns) {
    return new DenseLayer(
        Weights.dense(g, inputs, name, columns), Inputs.get(inputs, biasOf(name)));
  }

  private static Value rows(Nodes g, Map<String, Value> inputs, String name) {
    return size(g, Inputs.get(inputs, biasOf(name)), 0);
  }
}
