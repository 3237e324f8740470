package org.wavebridge.graphs.network.dualsoftmax;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.network.StepResult;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.Choice;
import org.wavebridge.graphs.op.Inputs;
import org.wavebridge.graphs.op.SubscaleLoop;

/**
 * Steps of the subscale schedule of the dual-softmax WaveRNN over one utterance, or a window of it.
 * Source: Kalchbrenner et al. 2018, equation 2 and section 4. The body is a Loop over {@link
 * DualSoftmaxStep} for all rows; it depends on the structure of the context network.
 */
final class DualSoftmaxSubscaleGenerate {
  private DualSoftmaxSubscaleGenerate() {}

  /** The operator in a profile, for a horizon and context network. */
  static CustomOperator in(Profile profile, Subscale subscale) {
    return DualSoftmaxLayout.OPERATORS.subscaleGenerate(
        profile,
        "Makes steps of the subscale schedule with the step of DualSoftmaxGenerate in B rows: in step n row s makes sample g = B (n - s (horizon + chunk)) + s"
            + " if that lies in the window; its gates also take W context, the context from the samples of earlier rows up to horizon positions ahead."
            + " conditioning [F, E], uniforms [A, 2], audio [A] (samples made so far), previous [B, 2], state [B, H], temperature [1],"
            + " schedule [4] = first sample of the window, chunk, first step, steps; sample g uses frame g / samples_per_frame.",
        "3H",
        subscale,
        DualSoftmaxGenerate.ATTRIBUTES,
        (g, inputs) -> body(profile, subscale, g, inputs));
  }

  private static List<Value> body(
      Profile profile, Subscale subscale, Nodes g, Map<String, Value> inputs) {
    Map<String, Value> one = new HashMap<>(inputs);
    Value conditioning = unsqueeze(g, Inputs.get(inputs, "conditioning"), 0);
    one.put("conditioning", conditioning);
    DualSoftmaxWeights w = DualSoftmaxWeights.in(profile, g, one);
    Value gates = SubscaleLoop.zeroEnded(g, squeeze(g, w.gates(g, conditioning), 0));
    Value uniforms = SubscaleLoop.zeroEnded(g, Inputs.get(inputs, "uniforms"));
    Value temperature = Inputs.get(inputs, "temperature");
    DualSoftmaxStep step = w.step(g, Inputs.get(inputs, LayerRow.SAMPLE_WEIGHTS));
    SubscaleLoop subscaled = new SubscaleLoop(g, inputs, subscale);
    Optional<Value> joined =
        subscaled.contextInput().map(weight -> DualSoftmaxStep.coarseFirstRows(g, weight));
    Value frames = squeeze(g, size(g, conditioning, 1), 0);
    return subscaled.loop(
        g,
        inputs,
        frames,
        (body, indices, context, previous, state) -> {
          Value frame = gather(body, gates, indices.frame(), 0);
          List<Choice> choice =
              DualSoftmaxGenerate.drawn(
                  body, gather(body, uniforms, indices.sample(), 0), temperature);
          StepResult made =
              step.build(
                  body,
                  context.map(c -> gemm(body, c, joined.orElseThrow(), frame)).orElse(frame),
                  previous,
                  state,
                  choice.get(0),
                  choice.get(1));
          return new SubscaleLoop.Made(made.audio(), made.previous(), made.state());
        });
  }
}
