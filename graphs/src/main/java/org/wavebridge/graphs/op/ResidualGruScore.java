package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * Teacher forcing through the residual GRU network: mels {@code [N, T, M]}, aux {@code [N, F, A]}
 * and given audio {@code [N, T]} to logits {@code [N, T, C]}. The body is ONNX's GRU operator and
 * dense layers over the sequence.
 */
public final class ResidualGruScore {
  /** The operator. */
  public static final CustomOperator OPERATOR =
      new CustomOperator(
          "ResidualGruScore",
          "Outputs [N, T, C] of the step of ResidualGruGenerate when the samples are given: mels [N, T, M], aux [N, F, A], audio [N, T],"
              + " previous [N, 1], state [N, 2R].",
          ResidualGruWeights.inputs(List.of("mels", "aux", "audio", "previous", "state")),
          List.of("logits", "next_previous", "next_state"),
          List.of(
              SequenceAttributes.SAMPLES_PER_FRAME,
              ResidualGruGenerate.MELS,
              ResidualGruGenerate.AUX_SIZES,
              ResidualGruGenerate.MIXTURES,
              SequenceAttributes.HIDDEN_SIZE),
          ResidualGruScore::body);

  private ResidualGruScore() {}

  private static List<Value> body(Nodes g, Map<String, Value> inputs) {
    Value audio = Inputs.get(inputs, "audio");
    Value samples = squeeze(g, size(g, audio, 1), 0);
    ResidualGruWeights w = ResidualGruWeights.in(g, inputs);
    List<Value> aux =
        w.auxParts(g, Inputs.get(inputs, "aux")).stream()
            .map(part -> SequenceAttributes.toSamples(g, part, samples))
            .toList();
    Value all = concat(g, 1, Inputs.get(inputs, "previous"), audio);
    Value before = unsqueeze(g, slice(g, all, 1, 0, -1), 2);
    List<Value> states = split(g, Inputs.get(inputs, "state"), 1, 2);

    Value mels = matMul(g, Inputs.get(inputs, "mels"), transpose(g, w.mel(), 1, 0));
    Value x =
        add(g, mul(g, before, Inputs.get(inputs, "sample_weights")), add(g, mels, aux.get(0)));
    List<Value> gru1 =
        Gru.sequence(
            g,
            x,
            w.gru1Input().weight(),
            w.gru1Input().bias(),
            w.gru1Recurrent().weight(),
            w.gru1Recurrent().bias(),
            states.get(0));
    x = add(g, x, gru1.get(0));
    Value auxSlice =
        split(g, Inputs.get(inputs, "aux"), 2, attributeList(g, ResidualGruGenerate.AUX_SIZES), 4)
            .get(1);
    List<Value> gru2 =
        Gru.sequence(
            g,
            concat(g, 2, x, SequenceAttributes.toSamples(g, auxSlice, samples)),
            concat(g, 1, w.gru2Input(), w.gru2Aux().weight()),
            w.gru2Aux().bias(),
            w.gru2Recurrent().weight(),
            w.gru2Recurrent().bias(),
            states.get(1));
    x = add(g, x, gru2.get(0));
    Value q = relu(g, x, w.fc1(), aux.get(2));
    q = relu(g, q, w.fc2(), aux.get(3));
    return List.of(
        w.output().sequence(g, q),
        slice(g, all, 1, -1, Long.MAX_VALUE),
        concat(g, 1, gru1.get(1), gru2.get(1)));
  }

  private static Value relu(Nodes g, Value x, Value weight, Value bias) {
    return unary(g, "Relu", add(g, matMul(g, x, transpose(g, weight, 1, 0)), bias));
  }
}
