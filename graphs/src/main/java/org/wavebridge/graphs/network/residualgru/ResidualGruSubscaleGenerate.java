package org.wavebridge.graphs.network.residualgru;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.SubscaleLoop;

/**
 * Steps of the subscale schedule of the residual GRU network over one utterance, or a window of it.
 * Source: fatchord/WaveRNN; Kalchbrenner et al. 2018, section 4. The body is a Loop over {@link
 * ResidualGruStep} for all rows; it depends on the head and on the structure of the context
 * network.
 */
final class ResidualGruSubscaleGenerate {
  private ResidualGruSubscaleGenerate() {}

  /** The operator in a profile, for a head, a horizon and context network. */
  static CustomOperator in(Profile profile, Head head, Subscale subscale) {
    return ResidualGruLayout.OPERATORS.subscaleGenerate(
        profile,
        "Makes steps of the subscale schedule with the step of ResidualGruGenerate in B rows: in step n row s makes sample g = B (n - s (horizon + chunk)) + s"
            + " if that lies in the window; its input layer also takes W context, the context from the samples of earlier rows up to horizon positions ahead."
            + " mels [A, M], aux [F, A1+A2+A3+A4], uniforms [A, D], audio [A] (samples made so far), previous [B, 1], state [B, 2R], temperature [1],"
            + " schedule [4] = first sample of the window, chunk, first step, steps; sample g uses frame g / samples_per_frame of aux.",
        "R",
        subscale,
        ResidualGruGenerate.attributes(head),
        (g, inputs) -> body(profile, g, inputs, head, subscale));
  }

  private static List<Value> body(
      Profile profile, Nodes g, Map<String, Value> inputs, Head head, Subscale subscale) {
    Map<String, Value> one = new HashMap<>(inputs);
    one.put("mels", unsqueeze(g, Inputs.get(inputs, "mels"), 0));
    Value auxFrames = unsqueeze(g, Inputs.get(inputs, "aux"), 0);
    ResidualGruWeights w = ResidualGruWeights.in(profile, g, one);
    Value fromMels = matMul(g, Inputs.get(inputs, "mels"), transpose(g, w.mel(), 1, 0));
    Value mels = SubscaleLoop.zeroEnded(g, fromMels);
    List<Value> aux =
        w.auxParts(g, auxFrames).stream()
            .map(part -> SubscaleLoop.zeroEnded(g, squeeze(g, part, 0)))
            .toList();
    Value uniforms = SubscaleLoop.zeroEnded(g, Inputs.get(inputs, "uniforms"));
    Value temperature = Inputs.get(inputs, "temperature");
    ResidualGruStep step = w.step(g, Inputs.get(inputs, LayerRow.SAMPLE_WEIGHTS));
    SubscaleLoop subscaled = new SubscaleLoop(g, inputs, subscale);
    return subscaled.loop(
        g,
        inputs,
        squeeze(g, size(g, auxFrames, 1), 0),
        (body, indices, context, previous, state) -> {
          Value mel = gather(body, mels, indices.sample(), 0);
          Value input =
              context
                  .map(c -> gemm(body, c, subscaled.contextInput().orElseThrow(), mel))
                  .orElse(mel);
          List<Value> now =
              aux.stream().map(part -> gather(body, part, indices.frame(), 0)).toList();
          StepResult made =
              step.build(
                  body,
                  w.frame(body, input, now),
                  previous,
                  state,
                  ResidualGruHead.of(head)
                      .drawn(gather(body, uniforms, indices.sample(), 0), temperature));
          return new SubscaleLoop.Made(made.audio(), made.previous(), made.state());
        });
  }
}
