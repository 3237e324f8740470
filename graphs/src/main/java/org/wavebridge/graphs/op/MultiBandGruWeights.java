package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.div;
import static org.wavebridge.graphs.onnx.StandardOps.longs;
import static org.wavebridge.graphs.onnx.StandardOps.size;
import static org.wavebridge.graphs.onnx.StandardOps.transpose;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.LayerRow.Int8;

/** The weights of a multi-band operator inside a function body. */
final class MultiBandGruWeights {
  static final List<LayerRow> LAYERS =
      List.of(
          LayerRow.of("recurrent", "3H", "H", Int8.BOUNDED).withBias("recurrent_bias"),
          LayerRow.of("projection", "D", "H", Int8.BOUNDED).withBias("projection_bias"),
          LayerRow.of("band_output", "B * 3K", "D", Int8.NOT).withBias("band_output_bias"));

  private MultiBandGruWeights() {}

  /** The constants of an operator, in order. */
  static List<OperatorTensor> inputs(Profile profile) {
    return LayerRow.inputs(profile, "[3H, B]", LAYERS);
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
    return profile.layer(g, inputs, name, columns, Inputs.get(inputs, LayerRow.bias(LAYERS, name)));
  }
}
