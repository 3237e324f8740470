package org.wavebridge.graphs.network.residualgru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Inputs;

/**
 * The fused generation loop of a residual GRU network of B bands: mels {@code [N, S, M]}, aux
 * {@code [N, F, A]} and uniforms {@code [N, T, D]}, T = B S, to audio {@code [N, T]}, the samples
 * of a step next to each other. The body is a Loop over {@link ResidualGruStep}.
 */
final class SubBandGruGenerate {
  private SubBandGruGenerate() {}

  /** The operator in a profile, for a head. */
  static CustomOperator in(Profile profile, Head head) {
    return SubBandGruLayout.OPERATORS.generate(
        profile,
        "Generates audio [N, T], T = B * S, step by step: the step of ResidualGruGenerate with the previous samples p of all B bands, x = I [p, mel, a1],"
            + " and with B * C outputs, of which a sample of each band is drawn; they are the next p. mels [N, S, M], aux [N, F, A1+A2+A3+A4],"
            + " uniforms [N, T, D], previous [N, B], state [N, 2R], temperature [N]; sample t uses frame t / samples_per_frame of aux.",
        ResidualGruGenerate.attributes(head),
        (g, inputs) -> body(profile, g, inputs, head));
  }

  private static List<Value> body(Profile profile, Nodes g, Map<String, Value> inputs, Head head) {
    Value previous = Inputs.get(inputs, "previous");
    Value uniforms = Inputs.get(inputs, "uniforms");
    Value temperature = unsqueeze(g, Inputs.get(inputs, "temperature"), 1);
    Value rows = size(g, previous, 0);
    Value bands = size(g, previous, 1);
    Value steps = div(g, size(g, uniforms, 1), bands);
    Value drawn = reshape(g, uniforms, concat(g, 0, rows, steps, bands, size(g, uniforms, 2)));
    List<Value> made =
        ResidualGruWeights.loop(
            profile,
            g,
            inputs,
            nodes -> squeeze(nodes, steps, 0),
            true,
            (body, t) ->
                ResidualGruHead.of(head).drawnByBand(body, gather(body, drawn, t, 1), temperature),
            StepResult::audio);
    // A loop without iterations leaves an output of rank 1.
    Value audio = reshape(g, made.get(0), concat(g, 0, steps, rows, bands));
    return List.of(
        reshape(g, transpose(g, audio, 1, 0, 2), concat(g, 0, rows, mul(g, steps, bands))),
        made.get(1),
        made.get(2));
  }
}
