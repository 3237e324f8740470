package org.wavebridge.graphs.network.residualgru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.Inputs;

/**
 * Teacher forcing through a residual GRU network of B bands: mels {@code [N, S, M]}, aux {@code [N,
 * F, A]} and given audio {@code [N, T]}, T = B S, to logits {@code [N, T, C]}.
 */
final class SubBandGruScore {
  private SubBandGruScore() {}

  /** The operator in a profile. */
  static CustomOperator in(Profile profile) {
    return SubBandGruLayout.OPERATORS.score(
        profile,
        "Outputs [N, T, C] of the steps of SubBandGruGenerate when the samples are given: mels [N, S, M], aux [N, F, A], audio [N, T], T = B * S,"
            + " previous [N, B], state [N, 2R].",
        ResidualGruGenerate.ATTRIBUTES,
        (g, inputs) -> body(profile, g, inputs));
  }

  private static List<Value> body(Profile profile, Nodes g, Map<String, Value> inputs) {
    Value audio = Inputs.get(inputs, "audio");
    Value previous = Inputs.get(inputs, "previous");
    Value rows = size(g, previous, 0);
    Value bands = size(g, previous, 1);
    Value steps = div(g, size(g, audio, 1), bands);
    Value given = reshape(g, audio, concat(g, 0, rows, steps, bands));
    List<Value> made =
        ResidualGruWeights.loop(
            profile,
            g,
            inputs,
            nodes -> squeeze(nodes, steps, 0),
            true,
            (body, t) -> Choice.given(gather(body, given, t, 1)),
            StepResult::logits);
    Value all = size(g, Inputs.get(inputs, SubBandGruLayout.OUTPUT.biasName()), 0);
    // A loop without iterations leaves an output of rank 1.
    Value logits = reshape(g, made.get(0), concat(g, 0, steps, rows, all));
    return List.of(
        reshape(
            g,
            transpose(g, logits, 1, 0, 2),
            concat(g, 0, rows, mul(g, steps, bands), div(g, all, bands))),
        made.get(1),
        made.get(2));
  }
}
