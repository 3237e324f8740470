package org.wavebridge.graphs.network.residualgru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.BlockSparseGemm;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.SequenceAttributes;

/**
 * The fused generation loop of the residual GRU network: mels {@code [N, T, M]}, aux {@code [N, F,
 * A]} and uniforms {@code [N, T, D]} to audio {@code [N, T]}. Source: fatchord/WaveRNN. The body is
 * a Loop over {@link ResidualGruStep}; it depends on the head, so each head has its own.
 */
final class ResidualGruGenerate {
  static final String MELS = "mels";
  static final String AUX_SIZES = "aux_sizes";

  private ResidualGruGenerate() {}

  /** The operator in a profile, for a head. */
  static CustomOperator in(Profile profile, Head head) {
    return ResidualGruLayout.OPERATORS.generate(
        profile,
        "Generates audio [N, T] sample by sample: x = I [p, mel, a1]; x += GRU1(x); x += GRU2([x, a2]); q = relu(fc1 [x, a3]);"
            + " q = relu(fc2 [q, a4]); l = output q; the sample is drawn from l and is the next p. mels [N, T, M], aux [N, F, A1+A2+A3+A4],"
            + " uniforms [N, T, D], previous [N, 1], state [N, 2R], temperature [N]; sample t uses frame t / samples_per_frame of aux.",
        attributes(head),
        (g, inputs) -> body(profile, g, inputs, head));
  }

  /** The attributes that every operator of the network has. */
  static final List<OperatorAttribute> ATTRIBUTES =
      List.of(
          SequenceAttributes.SAMPLES,
          OperatorAttribute.integer(MELS, 1, BlockSparseGemm.MOST_INPUTS, "M"),
          OperatorAttribute.integers(
              AUX_SIZES, 0, BlockSparseGemm.MOST_INPUTS / 4, "A1, A2, A3, A4"),
          ResidualGruHead.COMPONENTS);

  /** The attributes of the operator for a head. */
  static List<OperatorAttribute> attributes(Head head) {
    return SequenceAttributes.with(
        ATTRIBUTES, ResidualGruHead.of(head).declared().toArray(OperatorAttribute[]::new));
  }

  private static List<Value> body(Profile profile, Nodes g, Map<String, Value> inputs, Head head) {
    Value uniforms = Inputs.get(inputs, "uniforms");
    Value temperature = unsqueeze(g, Inputs.get(inputs, "temperature"), 1);
    List<Value> made =
        ResidualGruWeights.loop(
            profile,
            g,
            inputs,
            nodes -> squeeze(nodes, size(nodes, uniforms, 1), 0),
            false,
            (body, t) -> ResidualGruHead.of(head).drawn(gather(body, uniforms, t, 1), temperature),
            StepResult::audio);
    return List.of(
        SequenceAttributes.rowsFirst(g, made.get(0), uniforms), made.get(1), made.get(2));
  }
}
