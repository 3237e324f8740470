package org.wavebridge.graphs.network.residualgru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.DenseLayer;
import org.wavebridge.graphs.op.Gru;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.Layer;
import org.wavebridge.graphs.op.SequenceAttributes;

/**
 * Teacher forcing through the residual GRU network: mels {@code [N, T, M]}, aux {@code [N, F, A]}
 * and given audio {@code [N, T]} to logits {@code [N, T, C]}. The body is ONNX's GRU operator and
 * dense layers over the sequence.
 */
final class ResidualGruScore {
  private ResidualGruScore() {}

  /** The operator in a profile. */
  static CustomOperator in(Profile profile) {
    return ResidualGruLayout.OPERATORS.score(
        profile,
        "Outputs [N, T, C] of the step of ResidualGruGenerate when the samples are given: mels [N, T, M], aux [N, F, A], audio [N, T],"
            + " previous [N, 1], state [N, 2R].",
        SequenceAttributes.with(ResidualGruGenerate.ATTRIBUTES, SequenceAttributes.HIDDEN),
        profile == Profile.F32
            ? ResidualGruScore::sequence
            : (g, inputs) -> loop(profile, g, inputs));
  }

  /** A loop over the step, for profiles that ONNX's GRU does not know. */
  private static List<Value> loop(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value audio = Inputs.get(inputs, "audio");
    List<Value> made =
        ResidualGruWeights.loop(
            profile,
            g,
            inputs,
            nodes -> squeeze(nodes, size(nodes, audio, 1), 0),
            false,
            (body, t) -> Choice.given(unsqueeze(body, gather(body, audio, t, 1), 1)),
            StepResult::logits);
    return List.of(transpose(g, made.get(0), 1, 0, 2), made.get(1), made.get(2));
  }

  /** ONNX's GRU over the whole sequence, then the dense layers. */
  private static List<Value> sequence(Nodes g, Map<String, Value> inputs) {
    Value audio = Inputs.get(inputs, "audio");
    Value samples = squeeze(g, size(g, audio, 1), 0);
    ResidualGruWeights w = ResidualGruWeights.in(Profile.F32, g, inputs);
    List<Value> aux =
        w.auxParts(g, Inputs.get(inputs, "aux")).stream()
            .map(part -> SequenceAttributes.toSamples(g, part, samples))
            .toList();
    Value all = concat(g, 1, Inputs.get(inputs, "previous"), audio);
    Value before = unsqueeze(g, slice(g, all, 1, 0, -1), 2);
    List<Value> states = split(g, Inputs.get(inputs, "state"), 1, 2);

    Value mels = matMul(g, Inputs.get(inputs, "mels"), transpose(g, w.mel(), 1, 0));
    Value x =
        add(
            g,
            mul(g, before, Inputs.get(inputs, LayerRow.SAMPLE_WEIGHTS)),
            add(g, mels, aux.get(0)));
    List<Value> gru1 =
        Gru.sequence(g, x, dense(w.gru1Input()), dense(w.gru1Recurrent()), states.get(0));
    x = add(g, x, gru1.get(0));
    Value auxSlice =
        split(g, Inputs.get(inputs, "aux"), 2, attributeList(g, ResidualGruGenerate.AUX_SIZES), 4)
            .get(1);
    List<Value> gru2 =
        Gru.sequence(
            g,
            concat(g, 2, x, SequenceAttributes.toSamples(g, auxSlice, samples)),
            new DenseLayer(
                concat(g, 1, dense(w.gru2Input()).weight(), w.gru2Aux().weight()),
                w.gru2Aux().bias()),
            dense(w.gru2Recurrent()),
            states.get(1));
    x = add(g, x, gru2.get(0));
    Value q = relu(g, x, dense(w.fc1()).weight(), aux.get(2));
    q = relu(g, q, dense(w.fc2()).weight(), aux.get(3));
    return List.of(
        dense(w.output()).sequence(g, q),
        slice(g, all, 1, -1, Long.MAX_VALUE),
        concat(g, 1, gru1.get(1), gru2.get(1)));
  }

  /** Every layer of the f32 profile is dense. */
  private static DenseLayer dense(Layer layer) {
    return (DenseLayer) layer;
  }

  private static Value relu(Nodes g, Value x, Value weight, Value bias) {
    return unary(g, "Relu", add(g, matMul(g, x, transpose(g, weight, 1, 0)), bias));
  }
}
