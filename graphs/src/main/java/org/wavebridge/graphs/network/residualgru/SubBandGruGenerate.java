package org.wavebridge.graphs.network.residualgru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.SequenceAttributes;

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
        loop(
            profile,
            g,
            inputs,
            steps,
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

  /**
   * A loop over the steps of a sequence.
   *
   * @param steps how many, int64 {@code [1]}
   * @param choices of the values of a step
   * @param emitted what is kept of each step
   * @return what is kept {@code [S, N, ...]}, next_previous, next_state
   */
  static List<Value> loop(
      Profile profile,
      Nodes g,
      Map<String, Value> inputs,
      Value steps,
      ResidualGruWeights.Choices choices,
      Function<StepResult, Value> emitted) {
    ResidualGruWeights w = ResidualGruWeights.in(profile, g, inputs);
    Value mels = matMul(g, Inputs.get(inputs, "mels"), transpose(g, w.mel(), 1, 0));
    List<Value> aux = w.auxParts(g, Inputs.get(inputs, "aux"));
    ResidualGruStep step = w.bandStep(g, Inputs.get(inputs, LayerRow.SAMPLE_WEIGHTS));
    Value bands = squeeze(g, size(g, Inputs.get(inputs, "previous"), 1), 0);
    List<Value> results =
        g.loop(
            squeeze(g, steps, 0),
            List.of(Inputs.get(inputs, "previous"), Inputs.get(inputs, "state")),
            1,
            (body, t, carried) -> {
              Value frame = SequenceAttributes.frame(body, mul(body, t, bands));
              List<Value> now = aux.stream().map(part -> gather(body, part, frame, 1)).toList();
              StepResult made =
                  step.build(
                      body,
                      w.frame(body, gather(body, mels, t, 1), now),
                      carried.get(0),
                      carried.get(1),
                      choices.at(body, t));
              return List.of(made.previous(), made.state(), emitted.apply(made));
            });
    return List.of(results.get(2), results.get(0), results.get(1));
  }
}
