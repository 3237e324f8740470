package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * The weights of a dual-softmax operator, dense, inside a function body.
 *
 * @param conditioning {@code [3H, E]}, f32 in every profile
 * @param recurrent {@code [3H, H]}
 * @param coarseHidden O1
 * @param coarseOutput O2
 * @param fineHidden O3
 * @param fineOutput O4
 */
record DualSoftmaxWeights(
    DenseLayer conditioning,
    Layer recurrent,
    Layer coarseHidden,
    Layer coarseOutput,
    Layer fineHidden,
    Layer fineOutput) {
  private static final Map<String, String> BIASES = biases();

  private static Map<String, String> biases() {
    Map<String, String> biases = new LinkedHashMap<>();
    biases.put("conditioning_weight", "conditioning_bias");
    for (String weight :
        List.of("recurrent", "coarse_hidden", "coarse_output", "fine_hidden", "fine_output")) {
      biases.put(weight, weight + "_bias");
    }
    return biases;
  }

  /**
   * Input names of an operator: the given ones, then the weights in the order of docs/operators.md.
   */
  static List<String> inputs(Profile profile, List<String> first) {
    return profile.inputs(first, List.copyOf(BIASES.keySet()), BIASES);
  }

  static DualSoftmaxWeights in(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value hidden = size(g, Inputs.get(inputs, "state"), 1);
    Value half = div(g, hidden, longs(g, 2));
    Value e = size(g, Inputs.get(inputs, "conditioning"), 2);
    return new DualSoftmaxWeights(
        new DenseLayer(
            Weights.dense(g, inputs, "conditioning_weight", e),
            Inputs.get(inputs, "conditioning_bias")),
        layer(profile, g, inputs, "recurrent", hidden),
        layer(profile, g, inputs, "coarse_hidden", half),
        layer(profile, g, inputs, "coarse_output", rows(g, inputs, "coarse_hidden")),
        layer(profile, g, inputs, "fine_hidden", half),
        layer(profile, g, inputs, "fine_output", rows(g, inputs, "fine_hidden")));
  }

  /** One step with these weights; the sample weights come from the operator's input. */
  DualSoftmaxStep step(Nodes g, Value sampleWeights) {
    return new DualSoftmaxStep(
        recurrent.coarseFirst(g),
        DualSoftmaxStep.previousWeights(g, sampleWeights),
        DualSoftmaxStep.coarseWeights(g, sampleWeights),
        coarseHidden,
        coarseOutput,
        fineHidden,
        fineOutput);
  }

  private static Layer layer(
      Profile profile, Nodes g, Map<String, Value> inputs, String name, Value columns) {
    return profile.layer(g, inputs, name, columns, Inputs.get(inputs, Inputs.get(BIASES, name)));
  }

  private static Value rows(Nodes g, Map<String, Value> inputs, String name) {
    return size(g, Inputs.get(inputs, Inputs.get(BIASES, name)), 0);
  }
}
