package org.wavebridge.graphs.network.embeddinggru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.BlockSparseGemm;
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.SequenceAttributes;

/**
 * The fused generation loop of a GRU over embedded classes: conditioning {@code [N, F, E]} and
 * uniforms {@code [N, T, 1]} to audio {@code [N, T]}. Source: bshall/UniversalVocoding. The body is
 * a Loop over {@link EmbeddingGruStep}.
 */
final class EmbeddingGruGenerate {
  /** Attribute: size of a conditioning vector. */
  static final String CONDITIONING_SIZE = "conditioning_size";

  /** The attributes that both operators of the network have. */
  static final List<OperatorAttribute> ATTRIBUTES =
      List.of(
          SequenceAttributes.SAMPLES,
          OperatorAttribute.integer(CONDITIONING_SIZE, 0, BlockSparseGemm.MOST_INPUTS, "E"));

  private EmbeddingGruGenerate() {}

  /** The operator in a profile. */
  static CustomOperator in(Profile profile) {
    return EmbeddingGruLayout.OPERATORS.generate(
        profile,
        "Generates audio [N, T] = 2 k / (C - 1) - 1 sample by sample: i = (W_c conditioning + b_c) + sample_weights[k], k the class before;"
            + " h' = GRU(i, R h + b, h); class k is drawn from O relu(P h'). conditioning [N, F, E], uniforms [N, T, 1], previous [N, 1], whose class is"
            + " the nearest, state [N, H], temperature [N]; sample t uses conditioning t / samples_per_frame.",
        ATTRIBUTES,
        (g, inputs) -> body(profile, g, inputs));
  }

  private static List<Value> body(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value uniforms = Inputs.get(inputs, "uniforms");
    Value temperature = unsqueeze(g, Inputs.get(inputs, "temperature"), 1);
    EmbeddingGruStep step = EmbeddingGruWeights.step(profile, g, inputs);
    Value gates = EmbeddingGruWeights.gates(g, inputs);
    List<Value> results =
        g.loop(
            squeeze(g, size(g, uniforms, 1), 0),
            List.of(Inputs.get(inputs, "previous"), Inputs.get(inputs, "state")),
            1,
            (body, t, carried) -> {
              StepResult made =
                  step.build(
                      body,
                      gather(body, gates, SequenceAttributes.frame(body, t), 1),
                      carried.get(0),
                      carried.get(1),
                      Choice.drawn(gather(body, uniforms, t, 1), temperature));
              return List.of(made.previous(), made.state(), made.audio());
            });
    return List.of(
        SequenceAttributes.rowsFirst(g, results.get(2), uniforms), results.get(0), results.get(1));
  }
}
