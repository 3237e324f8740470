package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.LayerRow.Int8;

/**
 * The weights of a residual-GRU operator, dense, inside a function body. The {@code aux} layers
 * take a slice of the aux conditioning and hold the bias of the layer they belong to.
 *
 * @param mel {@code [R, M]}, without bias; f32 in every profile
 * @param inputAux {@code [R, A1]}
 * @param gru1Input {@code [3R, R]}
 * @param gru1Recurrent {@code [3R, R]}
 * @param gru2Input {@code [3R, R]}, without bias
 * @param gru2Aux {@code [3R, A2]}
 * @param gru2Recurrent {@code [3R, R]}
 * @param fc1 {@code [D1, R]}, without bias
 * @param fc1Aux {@code [D1, A3]}
 * @param fc2 {@code [D2, D1]}, without bias
 * @param fc2Aux {@code [D2, A4]}
 * @param output {@code [C, D2]}
 */
record ResidualGruWeights(
    Value mel,
    DenseLayer inputAux,
    Layer gru1Input,
    Layer gru1Recurrent,
    Layer gru2Input,
    DenseLayer gru2Aux,
    Layer gru2Recurrent,
    Layer fc1,
    DenseLayer fc1Aux,
    Layer fc2,
    DenseLayer fc2Aux,
    Layer output) {
  /** Attribute: the sizes of the four slices of the aux conditioning. */
  static final String AUX_SIZES = "aux_sizes";

  static final List<LayerRow> LAYERS =
      List.of(
          LayerRow.of("mel_weight", "R", "M", Int8.NOT),
          LayerRow.of("input_aux", "R", "A1", Int8.NOT).withBias("input_bias"),
          LayerRow.of("gru1_input", "3R", "R", Int8.UNBOUNDED).withBias("gru1_bias"),
          LayerRow.of("gru1_recurrent", "3R", "R", Int8.BOUNDED).withBias("gru1_recurrent_bias"),
          LayerRow.of("gru2_input", "3R", "R", Int8.UNBOUNDED),
          LayerRow.of("gru2_aux", "3R", "A2", Int8.NOT).withBias("gru2_bias"),
          LayerRow.of("gru2_recurrent", "3R", "R", Int8.BOUNDED).withBias("gru2_recurrent_bias"),
          LayerRow.of("fc1", "D1", "R", Int8.UNBOUNDED),
          LayerRow.of("fc1_aux", "D1", "A3", Int8.NOT).withBias("fc1_bias"),
          LayerRow.of("fc2", "D2", "D1", Int8.UNBOUNDED),
          LayerRow.of("fc2_aux", "D2", "A4", Int8.NOT).withBias("fc2_bias"),
          LayerRow.of("output", "C", "D2", Int8.UNBOUNDED).withBias("output_bias"));

  /** The constants of an operator, in order. */
  static List<OperatorTensor> inputs(Profile profile) {
    return LayerRow.inputs(profile, "[R]", LAYERS);
  }

  static ResidualGruWeights in(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value r = size(g, Inputs.get(inputs, "sample_weights"), 0);
    Value d1 = size(g, Inputs.get(inputs, "fc1_bias"), 0);
    Value d2 = size(g, Inputs.get(inputs, "fc2_bias"), 0);
    List<Value> aux = split(g, attributeList(g, AUX_SIZES), 0, 4);
    return new ResidualGruWeights(
        Weights.dense(g, inputs, "mel_weight", size(g, Inputs.get(inputs, "mels"), 2)),
        auxLayer(g, inputs, "input_aux", aux.get(0)),
        layer(profile, g, inputs, "gru1_input", r),
        layer(profile, g, inputs, "gru1_recurrent", r),
        layer(profile, g, inputs, "gru2_input", r),
        auxLayer(g, inputs, "gru2_aux", aux.get(1)),
        layer(profile, g, inputs, "gru2_recurrent", r),
        layer(profile, g, inputs, "fc1", r),
        auxLayer(g, inputs, "fc1_aux", aux.get(2)),
        layer(profile, g, inputs, "fc2", d1),
        auxLayer(g, inputs, "fc2_aux", aux.get(3)),
        layer(profile, g, inputs, "output", d2));
  }

  /** A step with these weights. */
  ResidualGruStep step(Nodes g, Value sampleWeights) {
    return new ResidualGruStep(
        unsqueeze(g, sampleWeights, 0), gru1Input, gru1Recurrent, gru2Recurrent, output);
  }

  /**
   * The layers of one sample.
   *
   * @param mels the mel part of the input layer, {@code [N, R]}
   * @param aux the four aux parts, as {@link #auxParts}, of the sample's frame
   */
  ResidualGruStep.Frame frame(Nodes g, Value mels, List<Value> aux) {
    return new ResidualGruStep.Frame(
        add(g, mels, aux.get(0)),
        gru2Input.withBias(aux.get(1)),
        fc1.withBias(aux.get(2)),
        fc2.withBias(aux.get(3)));
  }

  /** A layer; one whose bias stands with its aux part gets it later, per frame. */
  private static Layer layer(
      Profile profile, Nodes g, Map<String, Value> inputs, String name, Value columns) {
    Value bias =
        LayerRow.find(LAYERS, name).bias().map(of -> Inputs.get(inputs, of)).orElse(Value.NONE);
    return profile.layer(g, inputs, name, columns, bias);
  }

  private static DenseLayer auxLayer(
      Nodes g, Map<String, Value> inputs, String name, Value columns) {
    return new DenseLayer(
        Weights.dense(g, inputs, name, columns), Inputs.get(inputs, LayerRow.bias(LAYERS, name)));
  }

  /**
   * What the aux conditioning {@code [N, F, A]} adds to the four layers, each {@code [N, F, rows]}.
   */
  List<Value> auxParts(Nodes g, Value aux) {
    List<Value> slices = split(g, aux, 2, attributeList(g, AUX_SIZES), 4);
    return List.of(
        inputAux.sequence(g, slices.get(0)),
        gru2Aux.sequence(g, slices.get(1)),
        fc1Aux.sequence(g, slices.get(2)),
        fc2Aux.sequence(g, slices.get(3)));
  }
}
