package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.div;
import static org.wavebridge.graphs.onnx.StandardOps.longs;
import static org.wavebridge.graphs.onnx.StandardOps.size;
import static org.wavebridge.graphs.onnx.StandardOps.transpose;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/** The weights of a multi-band operator inside a function body. */
final class MultiBandGruWeights {
  private static final List<String> NAMES = List.of("recurrent", "projection", "band_output");

  private static final Map<String, String> BIASES =
      Map.of(
          "recurrent", "recurrent_bias",
          "projection", "projection_bias",
          "band_output", "band_output_bias");

  private MultiBandGruWeights() {}

  /**
   * Input names of an operator: the given ones, then the weights in the order of docs/operators.md.
   */
  static List<String> inputs(Profile profile, List<String> first) {
    return profile.inputs(first, NAMES, BIASES);
  }

  /** A step with the weights of an operator. */
  static MultiBandGruStep step(Profile profile, Nodes g, Map<String, Value> inputs) {
    // From a constant, so that a runtime makes the dense matrices once.
    Value hidden = div(g, size(g, Inputs.get(inputs, "sample_weights"), 0), longs(g, 3));
    return new MultiBandGruStep(
        transpose(g, Inputs.get(inputs, "sample_weights"), 1, 0),
        layer(profile, g, inputs, "recurrent", hidden),
        layer(profile, g, inputs, "projection", hidden),
        layer(
            profile, g, inputs, "band_output", size(g, Inputs.get(inputs, "projection_bias"), 0)));
  }

  private static Product layer(
      Profile profile, Nodes g, Map<String, Value> inputs, String name, Value columns) {
    return profile.layer(g, inputs, name, columns, Inputs.get(inputs, Inputs.get(BIASES, name)));
  }
}
