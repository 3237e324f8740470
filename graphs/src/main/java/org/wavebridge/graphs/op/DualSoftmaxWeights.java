package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.LayerRow.Int8;

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
  static final List<LayerRow> LAYERS =
      List.of(
          LayerRow.of("conditioning_weight", "3H", "E", Int8.NOT).withBias("conditioning_bias"),
          layer("recurrent", "3H", "H", Int8.BOUNDED),
          layer("coarse_hidden", "D", "H/2", Int8.BOUNDED),
          layer("coarse_output", "256", "D", Int8.UNBOUNDED),
          layer("fine_hidden", "D'", "H/2", Int8.BOUNDED),
          layer("fine_output", "256", "D'", Int8.UNBOUNDED));

  private static LayerRow layer(String name, String rows, String columns, Int8 int8) {
    return LayerRow.of(name, rows, columns, int8).withBias(name + "_bias");
  }

  /** The constants of an operator, in order. */
  static List<OperatorTensor> inputs(Profile profile) {
    return LayerRow.inputs(profile, "[3H, 3]", LAYERS);
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
    return profile.layer(g, inputs, name, columns, Inputs.get(inputs, LayerRow.bias(LAYERS, name)));
  }

  private static Value rows(Nodes g, Map<String, Value> inputs, String name) {
    return size(g, Inputs.get(inputs, LayerRow.bias(LAYERS, name)), 0);
  }
}
